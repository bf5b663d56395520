/* users - see users.h. */
#include "src/base/users.h"
#include "model/event.h"
#include "model/xalloc.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <uthash.h>

/* User namespaces let one person own as many ids as there are numbers. */
#define USERS_MAX 65536

struct user {
	uint32_t uid;
	char *name;
	UT_hash_handle hh;
};

static struct user *users;

const char *
users_name(uint32_t uid)
{
	struct user *u;
	struct passwd *pw;
	char number[16];

	if (uid == UID_UNKNOWN)
		return "?";
	HASH_FIND(hh, users, &uid, sizeof(uid), u);
	if (u)
		return u->name;
	if (HASH_COUNT(users) >= USERS_MAX)
		return "?";
	pw = getpwuid((uid_t)uid);
	snprintf(number, sizeof(number), "%u", uid);
	u = xmalloc(sizeof(*u));
	u->uid = uid;
	u->name = xstrdup(pw && pw->pw_name[0] ? pw->pw_name : number);
	HASH_ADD(hh, users, uid, sizeof(u->uid), u);
	return u->name;
}

bool
users_find(const char *text, uint32_t *uid)
{
	struct passwd *pw = getpwnam(text);
	unsigned long n;

	if (pw) {
		*uid = (uint32_t)pw->pw_uid;
		return true;
	}
	if (!text[0] || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	n = strtoul(text, NULL, 10);
	if (errno || n > UINT32_MAX)
		return false;
	*uid = (uint32_t)n;
	return true;
}

void
users_forget(void)
{
	struct user *u = users, *next;

	HASH_CLEAR(hh, users); /* the table; the entries are still a list */
	for (; u; u = next) {
		next = u->hh.next;
		free(u->name);
		free(u);
	}
}
