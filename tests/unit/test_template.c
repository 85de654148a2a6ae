/* The language of chat templates: small templates against what Python's jinja2 made of them
 * (tests/templates/cases.jsonl, recorded by record.py beside it), marks that survive every filter,
 * limits, and JSON.
 */
#include "tests/support/templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

static struct chat_template *compiled(const char *text)
{
    return compile_template(text, strlen(text), NULL, 0);
}

static rlx_status render_json(const struct chat_template *t, const char *json,
                              struct marked_text *out, rlx_error *error)
{
    memset(error, 0, sizeof *error);
    return chat_render_json(&t->template, json, strlen(json), out, error);
}

static void release(struct marked_text *out)
{
    free(out->text);
    free(out->plain);
}

/* ---- recorded cases ---- */

static json_t *read_cases(void)
{
    FILE *f = fopen("tests/templates/cases.jsonl", "r");
    json_t *all = json_array();
    char *line = NULL;
    size_t room = 0;

    assert_non_null(f);
    for (ssize_t length; (length = getline(&line, &room, f)) > 0;)
        json_array_append_new(all, json_loadb(line, (size_t)length, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL));
    free(line);
    fclose(f);
    return all;
}

/* The line with the variables, as text: numbers beyond 64 bits stay what they are. */
static char *read_variables(void)
{
    FILE *f = fopen("tests/templates/cases.jsonl", "r");
    char *line = NULL;
    size_t room = 0;

    assert_non_null(f);
    while (getline(&line, &room, f) > 0)
        if (strncmp(line, "{\"variables\"", 12) == 0)
            break;
    fclose(f);
    return line;
}

static bool agrees(const char *template, const json_t *expected, const char *conversation)
{
    struct chat_template *t = compiled(template);
    struct marked_text out;
    rlx_error error;
    rlx_status status = render_json(t, conversation, &out, &error);
    bool same = json_is_null(expected)
                    ? status != RLX_OK
                    : status == RLX_OK && out.bytes == json_string_length(expected) &&
                          memcmp(out.text, json_string_value(expected), out.bytes) == 0;

    if (!same)
        print_error("template: %s\nexpected: %s\nfound:    %s\n", template,
                    json_is_null(expected) ? "(an error)" : json_string_value(expected),
                    status == RLX_OK ? out.text : error.text);
    release(&out);
    free_template(t);
    return same;
}

static void recorded(void **state)
{
    (void)state;
    json_t *cases = read_cases(), *one;
    char *variables = read_variables(), *conversation;
    size_t i, wrong = 0, compared = 0;

    variables[strcspn(variables, "\n")] = 0;
    assert_true(asprintf(&conversation,
                         "{\"messages\":[],\"now\":\"2025-03-09T14:05:06.000123\",%s",
                         variables + 1) > 0);
    json_array_foreach(cases, i, one)
    {
        const char *template = json_string_value(json_object_get(one, "template"));
        if (template == NULL)
            continue;
        wrong += !agrees(template, json_object_get(one, "expected"), conversation);
        compared++;
    }
    print_message("%zu templates\n", compared);
    assert_true(compared >= 140);
    assert_int_equal(wrong, 0);
    free(conversation);
    free(variables);
    json_decref(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
