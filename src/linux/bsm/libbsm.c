/*
 * The accessors of audit tokens, and the Mach clock. See bsm/libbsm.h and
 * mach/mach_time.h.
 */
#include <bsm/libbsm.h>
#include <mach/mach_time.h>
#include <stddef.h>
#include <time.h>

/* Where each fact is in audit_token_t.val[]. */
enum { AUID, EUID, EGID, RUID, RGID, PID, ASID, PIDVERSION };

uid_t
audit_token_to_auid(audit_token_t token)
{
	return token.val[AUID];
}

uid_t
audit_token_to_euid(audit_token_t token)
{
	return token.val[EUID];
}

gid_t
audit_token_to_egid(audit_token_t token)
{
	return token.val[EGID];
}

uid_t
audit_token_to_ruid(audit_token_t token)
{
	return token.val[RUID];
}

gid_t
audit_token_to_rgid(audit_token_t token)
{
	return token.val[RGID];
}

pid_t
audit_token_to_pid(audit_token_t token)
{
	return (pid_t)token.val[PID];
}

au_asid_t
audit_token_to_asid(audit_token_t token)
{
	return (au_asid_t)token.val[ASID];
}

int
audit_token_to_pidversion(audit_token_t token)
{
	return (int)token.val[PIDVERSION];
}

uint64_t
mach_absolute_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

kern_return_t
mach_timebase_info(mach_timebase_info_t info)
{
	if (info == NULL)
		return KERN_INVALID_ARGUMENT;
	info->numer = 1;
	info->denom = 1;
	return KERN_SUCCESS;
}
