/*
 * bsm/libbsm.h - what an audit token says about its process.
 *
 * Only the token's accessors, the one thing an Endpoint Security client needs
 * of this library. They read the token and nothing else: any thread, never fail.
 */
#ifndef ESTOP_BSM_LIBBSM_H
#define ESTOP_BSM_LIBBSM_H

#include <mach/message.h>
#include <sys/cdefs.h>
#include <sys/types.h>

#ifdef __APPLE__
#include <bsm/audit.h>
#else
typedef pid_t au_asid_t; /* audit session */
#endif

__BEGIN_DECLS

uid_t audit_token_to_auid(audit_token_t token); /* who logged in; (uid_t)-1: nobody did */
uid_t audit_token_to_euid(audit_token_t token);
gid_t audit_token_to_egid(audit_token_t token);
uid_t audit_token_to_ruid(audit_token_t token);
gid_t audit_token_to_rgid(audit_token_t token);
pid_t audit_token_to_pid(audit_token_t token);
au_asid_t audit_token_to_asid(audit_token_t token);

/* Changes at every fork and exec. With the pid it names one run of one program
 * until the next boot; the pid alone does not. */
int audit_token_to_pidversion(audit_token_t token);

__END_DECLS

#endif
