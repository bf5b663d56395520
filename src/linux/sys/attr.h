/*
 * sys/attr.h - attributes of getattrlist(2) and related calls, with Darwin's values.
 *
 * Stand-in for Linux, which has no such calls; on macOS the system's header is included instead.
 */
#ifdef __APPLE__
#include_next <sys/attr.h>
#else
#ifndef ESTOP_SYS_ATTR_H
#define ESTOP_SYS_ATTR_H

#include <stdint.h>

typedef uint32_t attrgroup_t;

struct attrlist {
	uint16_t bitmapcount; /* ATTR_BIT_MAP_COUNT */
	uint16_t reserved;
	attrgroup_t commonattr;
	attrgroup_t volattr;
	attrgroup_t dirattr;
	attrgroup_t fileattr;
	attrgroup_t forkattr;
};

#define ATTR_BIT_MAP_COUNT 5

#define FSOPT_NOFOLLOW 0x1
#define FSOPT_REPORT_FULLSIZE 0x4

#define ATTR_CMN_NAME 0x1
#define ATTR_CMN_DEVID 0x2
#define ATTR_CMN_FSID 0x4
#define ATTR_CMN_OBJTYPE 0x8
#define ATTR_CMN_OBJTAG 0x10
#define ATTR_CMN_OBJID 0x20
#define ATTR_CMN_OBJPERMANENTID 0x40
#define ATTR_CMN_PAROBJID 0x80
#define ATTR_CMN_SCRIPT 0x100
#define ATTR_CMN_CRTIME 0x200
#define ATTR_CMN_MODTIME 0x400
#define ATTR_CMN_CHGTIME 0x800
#define ATTR_CMN_ACCTIME 0x1000
#define ATTR_CMN_BKUPTIME 0x2000
#define ATTR_CMN_FNDRINFO 0x4000
#define ATTR_CMN_OWNERID 0x8000
#define ATTR_CMN_GRPID 0x10000
#define ATTR_CMN_ACCESSMASK 0x20000
#define ATTR_CMN_FLAGS 0x40000
#define ATTR_CMN_GEN_COUNT 0x80000
#define ATTR_CMN_DOCUMENT_ID 0x100000
#define ATTR_CMN_USERACCESS 0x200000
#define ATTR_CMN_EXTENDED_SECURITY 0x400000
#define ATTR_CMN_UUID 0x800000
#define ATTR_CMN_GRPUUID 0x1000000
#define ATTR_CMN_FILEID 0x2000000
#define ATTR_CMN_PARENTID 0x4000000
#define ATTR_CMN_FULLPATH 0x8000000
#define ATTR_CMN_ADDEDTIME 0x10000000
#define ATTR_CMN_ERROR 0x20000000
#define ATTR_CMN_DATA_PROTECT_FLAGS 0x40000000
#define ATTR_CMN_RETURNED_ATTRS 0x80000000

#define ATTR_VOL_FSTYPE 0x1
#define ATTR_VOL_SIGNATURE 0x2
#define ATTR_VOL_SIZE 0x4
#define ATTR_VOL_SPACEFREE 0x8
#define ATTR_VOL_SPACEAVAIL 0x10
#define ATTR_VOL_NAME 0x2000
#define ATTR_VOL_INFO 0x80000000

#define ATTR_DIR_LINKCOUNT 0x1
#define ATTR_DIR_ENTRYCOUNT 0x2
#define ATTR_DIR_MOUNTSTATUS 0x4
#define ATTR_DIR_ALLOCSIZE 0x8
#define ATTR_DIR_IOBLOCKSIZE 0x10
#define ATTR_DIR_DATALENGTH 0x20

#define ATTR_FILE_LINKCOUNT 0x1
#define ATTR_FILE_TOTALSIZE 0x2
#define ATTR_FILE_ALLOCSIZE 0x4
#define ATTR_FILE_IOBLOCKSIZE 0x8
#define ATTR_FILE_DEVTYPE 0x20
#define ATTR_FILE_DATALENGTH 0x200
#define ATTR_FILE_DATAALLOCSIZE 0x400
#define ATTR_FILE_RSRCLENGTH 0x1000
#define ATTR_FILE_RSRCALLOCSIZE 0x2000

#endif
#endif
