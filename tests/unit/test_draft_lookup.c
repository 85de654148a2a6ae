/* The suffix automaton against a plain search through the whole text: the longest suffix that
 * occurred before, and its latest occurrence. Texts are periodic, or random over small alphabets so
 * that they repeat. */
#include "runtime/core/draft_lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LONGEST = 400, ROUNDS = 60 };

static uint32_t random_word(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* The longest suffix of the text that also ends at an earlier place, and the last such place. */
static size_t search(const int32_t *text, size_t count, size_t *end)
{
    size_t best = 0;
    for (size_t at = 1; at < count; at++) {
        size_t same = 0;
        while (same < at && text[at - 1 - same] == text[count - 1 - same])
            same++;
        if (same != 0 && same >= best) {
            best = same;
            *end = at;
        }
    }
    return best;
}

static void expect_match(const struct lookup *l, const int32_t *text, size_t count)
{
    size_t end = 0, length = search(text, count, &end);
    assert_int_equal(l->count, count);
    assert_int_equal(l->match, length);
    if (length != 0)
        assert_int_equal(l->matched, end);
}

static void make_text(int32_t *text, size_t count, uint32_t alphabet, uint64_t *seed)
{
    for (size_t i = 0; i < count; i++)
        text[i] = (int32_t)(random_word(seed) % alphabet) * 100003;
}

static void test_random_texts(void **state)
{
    uint64_t seed = 1;
    int32_t text[LONGEST];
    struct lookup l = {0};
    (void)state;
    assert_true(lookup_reserve(&l, LONGEST));
    for (uint32_t round = 0; round < ROUNDS; round++) {
        make_text(text, LONGEST, 2 + round % 7, &seed);
        lookup_clear(&l);
        for (size_t i = 0; i < LONGEST; i++) {
            lookup_extend(&l, text[i]);
            expect_match(&l, text, i + 1);
        }
        assert_true(l.state_count <= 2 * LONGEST);
    }
    lookup_release(&l);
}

/* A text with period n is continued by its period; a proposal longer than the text's rest by
 * itself. */
static void test_periods(void **state)
{
    struct lookup l = {0};
    (void)state;
    assert_true(lookup_reserve(&l, LONGEST));
    for (size_t period = 1; period <= 40; period++) {
        int32_t ids[100];
        lookup_clear(&l);
        assert_int_equal(lookup_propose(&l, ids, 100), 0);
        for (size_t i = 0; i < LONGEST; i++) {
            lookup_extend(&l, (int32_t)(i % period));
            if (i < period)
                continue;
            assert_int_equal(lookup_propose(&l, ids, 100), 100);
            for (size_t j = 0; j < 100; j++)
                assert_int_equal(ids[j], (i + 1 + j) % period);
        }
    }
    lookup_release(&l);
}

/* Whatever the text was before: following a history is the same as reading it anew. */
static void test_follow(void **state)
{
    uint64_t seed = 2;
    int32_t text[LONGEST];
    size_t count = 0;
    struct lookup l = {0};
    (void)state;
    assert_true(lookup_reserve(&l, 10));
    lookup_follow(&l, text, 0);
    for (int round = 0; round < 200; round++) {
        size_t keep = random_word(&seed) % 3 == 0 ? random_word(&seed) % (count + 1) : count;
        size_t more = random_word(&seed) % (LONGEST - keep);
        make_text(text + keep, more, 3, &seed);
        count = keep + more;
        assert_true(lookup_reserve(&l, count));
        lookup_follow(&l, text, count);
        expect_match(&l, text, count);
    }
    lookup_release(&l);
}

/* A full text takes no more and proposes nothing. */
static void test_full(void **state)
{
    struct lookup l = {0};
    int32_t id;
    (void)state;
    assert_int_equal(lookup_propose(&l, &id, 1), 0);
    lookup_extend(&l, 1); /* without room */
    assert_true(lookup_reserve(&l, 4));
    for (int i = 0; i < 4; i++)
        lookup_extend(&l, 7);
    assert_int_equal(l.match, 3);
    lookup_extend(&l, 7);
    assert_int_equal(lookup_propose(&l, &id, 1), 0);
    assert_int_equal(l.count, 4);
    assert_false(lookup_reserve(&l, (size_t)1 << 40));
    assert_int_equal(l.capacity, 0);
    lookup_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_texts),
        cmocka_unit_test(test_periods),
        cmocka_unit_test(test_follow),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
