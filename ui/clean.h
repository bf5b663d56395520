/* ui/clean - as model/clean.h has it: what ui draws is cleaned with it. */
#ifndef ESTOP_UI_CLEAN_H
#define ESTOP_UI_CLEAN_H

#include "model/clean.h"

#endif
