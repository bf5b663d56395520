/* wire_check - see wire_check.h. */
#include "src/linux/wire_check.h"

/* The least size of a record; 0: there is none of this kind. */
static size_t
least(const struct wire_head *w)
{
	if (w->kind < WIRE_EVENTS && w->flags & WIRE_SYSCALL)
		return sizeof(struct wire_syscall);
	switch (w->kind) {
	case WIRE_OPEN:
	case WIRE_CLOSE:
	case WIRE_CREATE: /* by an open */
		return sizeof(struct wire_file);
	case WIRE_EXEC:
		return sizeof(struct wire_exec);
	case WIRE_FORK:
		return sizeof(struct wire_fork);
	case WIRE_EXIT:
		return sizeof(struct wire_exit);
	case WIRE_SIGNAL:
	case WIRE_PROC_SUSPEND_RESUME:
		return sizeof(struct wire_signal);
	case WIRE_PROC:
		return sizeof(struct wire_proc);
	case WIRE_CGROUP:
		return sizeof(struct wire_cgroup);
	case WIRE_TEXT:
		return sizeof(struct wire_text);
	case WIRE_END:
		return sizeof(struct wire_head);
	default: /* the other events are system calls */
		return 0;
	}
}

bool
wire_valid(const struct wire_head *w)
{
	size_t need = least(w), end = w->text ? w->text : need;

	if (!need || w->size < need || end < need)
		return false;
	end += w->text_len;
	if (w->kind < WIRE_EVENTS && w->flags & WIRE_SYSCALL)
		for (unsigned i = 0; i < WIRE_PIECES; i++)
			end += ((const struct wire_syscall *)w)->length[i];
	else if (w->kind == WIRE_TEXT && ((const struct wire_text *)w)->what == WIRE_TEXT_FDS &&
		 w->text % _Alignof(struct wire_fd))
		return false;
	return (w->text || !w->text_len) && end <= w->size;
}
