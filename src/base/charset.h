/*
 * charset - the locale's characters, chosen once at the start. Numbers keep their decimal
 * point, messages their language.
 */
#ifndef ESTOP_BASE_CHARSET_H
#define ESTOP_BASE_CHARSET_H

/*
 * As the environment says. Where it asks for UTF-8 by the name of a locale that is not
 * installed here, such as the LC_CTYPE=UTF-8 that ssh brings along from a Mac: C.UTF-8.
 */
void charset_choose(void);

#endif
