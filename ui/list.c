/* list - see list.h. */
#include "ui/list.h"

void
list_fit(struct list *l, size_t count, size_t page)
{
	l->page = page ? page : 1;
	if (l->line >= count)
		l->line = count ? count - 1 : 0;
	if (l->line < l->top)
		l->top = l->line;
	if (l->line >= l->top + l->page)
		l->top = l->line - l->page + 1;
	if (l->top + l->page > count)
		l->top = count > l->page ? count - l->page : 0;
}

bool
list_move(struct list *l, size_t count, enum action_id id)
{
	size_t last = count ? count - 1 : 0;

	switch (id) {
	case ACTION_UP:
		l->line -= l->line > 0;
		break;
	case ACTION_DOWN:
		l->line += l->line < last;
		break;
	case ACTION_PAGE_UP:
		l->line -= l->line < l->page ? l->line : l->page;
		l->top -= l->top < l->page ? l->top : l->page;
		break;
	case ACTION_PAGE_DOWN:
		l->line = l->line + l->page < last ? l->line + l->page : last;
		l->top += l->page;
		break;
	case ACTION_TOP:
		l->line = 0;
		break;
	case ACTION_BOTTOM:
		l->line = last;
		break;
	default:
		return false;
	}
	return true;
}
