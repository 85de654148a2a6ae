/* Where kernels, formats and levels multiply, tests take some of the product: every value of each,
 * and most pairs, but not all combinations. In: the numbers of a case. Out: whether to take it; a note
 * of how many were left out.
 *
 * RLX_TEST_WHOLE=1 takes all. RLX_TEST_FEW=1 takes every value, but few pairs: for other compilers and
 * versions of LLVM. So does a sanitizer, since machine code is the same under it.
 */
#ifndef RLX_TESTS_FEW_CASES_H
#define RLX_TESTS_FEW_CASES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct few_cases {
    uint32_t taken, left;
};

static inline bool cases_whole(void)
{
    return getenv("RLX_TEST_WHOLE") != NULL;
}

static inline bool cases_are_few(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return !cases_whole();
#else
    return getenv("RLX_TEST_FEW") != NULL && !cases_whole();
#endif
}

static inline bool cases_count(struct few_cases *c, bool taken)
{
    c->taken += taken;
    c->left += !taken;
    return taken;
}

static inline bool cases_take(struct few_cases *c, bool wanted)
{
    return cases_count(c, wanted || cases_whole());
}

static inline void cases_end(const struct few_cases *c, const char *what, const char *where)
{
    if (c->left != 0)
        printf("%s on %s: %u of %u; RLX_TEST_WHOLE=1 takes all\n", what, where, c->taken,
               c->taken + c->left);
}

#endif
