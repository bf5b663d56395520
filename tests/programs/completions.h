/*
 * completions - the generated sections of src/dist/completions: the options, and the words that their
 * values are chosen from.
 */
#ifndef ESTOP_TESTS_COMPLETIONS_H
#define ESTOP_TESTS_COMPLETIONS_H

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

/* Write the section to the standard output, in the language of that shell. */
void completions_put_options(enum completion_shell);
void completions_put_words(enum completion_shell);

#endif
