/* remedy - see remedy.h. */
#include "src/darwin/remedy.h"

#include <stdio.h>

#define ENTITLEMENT "com.apple.developer.endpoint-security.client"
#define SETTINGS "x-apple.systempreferences:com.apple.settings.PrivacySecurity.extension" \
		 "?Privacy_AllFiles"

static const struct {
	const char *todo;
	bool only_root; /* the way leads through root, and the sentence does not say so */
} table[] = {
	[ES_NEW_CLIENT_RESULT_ERR_INVALID_ARGUMENT] = { "Endpoint Security did not understand estop, which is a fault in estop; please report it",
							false },
	[ES_NEW_CLIENT_RESULT_ERR_INTERNAL] = { "Endpoint Security cannot be reached; try again, and restart the Mac if that does "
						"not help",
						false },
	[ES_NEW_CLIENT_RESULT_ERR_NOT_ENTITLED] = { "this estop is not signed with the entitlement " ENTITLEMENT
						    "; sign it with "
						    "'make sign' (README, On a Mac), or go without, by Apple's eslogger, which has it: "
						    "sudo eslogger exec fork exit open close | estop -r -",
						    true },
	[ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED] = { "Full Disk Access is missing; give it to the terminal (for ssh: in Sharing, Remote "
						     "Login) with: open '" SETTINGS
						     "', and start the terminal anew; inside tmux or "
						     "screen, end their server as well (tmux kill-server)",
						     true },
	[ES_NEW_CLIENT_RESULT_ERR_NOT_PRIVILEGED] = { "only root may watch all processes; run it with sudo, from a terminal with Full Disk "
						      "Access",
						      false },
	[ES_NEW_CLIENT_RESULT_ERR_TOO_MANY_CLIENTS] = { "too many Endpoint Security clients are running; end one of them, another estop for "
							"instance, and try again",
							false },
};

bool
remedy(es_new_client_result_t result, bool root, char *why, size_t len)
{
	if ((unsigned)result >= sizeof(table) / sizeof(table[0]) || !table[result].todo)
		return false;
	snprintf(why, len, "%s%s", table[result].todo,
		 table[result].only_root && !root ? "; it also must run as root, with sudo" : "");
	return true;
}
