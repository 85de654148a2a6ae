/* Vocabularies as they are found in the wild: files of the folder bug_inputs, each with ids that
 * another program made (its README says which), and variations of them by hand.
 */
#include "tests/unit/tokenizer_cases.h"

static uint32_t flags_of_case;

static void compare_case(void *context, const json_t *line)
{
    compare_ids(context, line, "ids", flags_of_case);
}

/* `flags`: besides RLX_PARSE_SPECIAL. */
static void check_input(const char *vocabulary, const char *cases, uint32_t flags)
{
    char path[512];
    snprintf(path, sizeof path, "bug_inputs/%s", vocabulary);
    struct compiled *c = load_vocabulary(shared_path(path));
    struct tally tally = {&c->tokenizer, cases, 0, 0};
    snprintf(path, sizeof path, "bug_inputs/%s", cases);
    flags_of_case = RLX_PARSE_SPECIAL | flags;
    size_t lines = each_case(shared_path(path), compare_case, &tally);
    assert_true(lines >= 2 && tally.compared == lines);
    assert_int_equal(tally.wrong, 0);
    free_vocabulary(c);
}

static void zero_in_a_name(void **state)
{
    (void)state;
    check_input("tokenizer-json-nul", "tokenizer-json-nul/cases.jsonl", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_in_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
