/* The language of chat templates: small templates against results of Python's jinja2
 * (tests/templates/cases.jsonl, recorded by record.py), marks that survive every filter, limits,
 * and JSON. */
#include "tests/support/templates.h"
#include "tests/support/temporary_files.h"

#include <locale.h>
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
        json_array_append_new(
            all, json_loadb(line, (size_t)length, JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, NULL));
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

/* ---- marks ---- */

/* One character of `out` for each byte: '#' where it comes from the conversation. */
static char *shape_of(const struct marked_text *out)
{
    char *shape = strdup(out->text);

    for (size_t i = 0; i < out->plain_count; i++)
        memset(shape + out->plain[i].start, '#', out->plain[i].end - out->plain[i].start);
    return shape;
}

static void marks(void **state)
{
    (void)state;
    static const char conversation[] =
        "{\"messages\":[{\"role\":\"user\",\"content\":\" aXbXc \",\"list\":[\"p\",\"q\"],"
        "\"object\":{\"k\":\"v\\\"<\"},\"format\":\"{0:<<1}{0:|<1}\",\"percent\":\"%%%+3d\","
        "\"time\":\"%H%%\"}],\"tools\":[{\"name\":\"t1\"}],\"variables\":{\"own\":\"O\"},"
        "\"other\":\"W\"}";
    static const struct {
        const char *template, *shape;
    } cases[] = {
        {"<{{ messages[0].content }}>", "<#######>"},
        {"{{ own }}{{ other }}{{ bos }}", "OW"},
        {"{{ messages[0].role ~ '!' }}", "####!"},
        {"{{ '<' + messages[0].content + '>' }}", "<#######>"},
        {"{{ messages[0].content | trim }}|", "#####|"},
        {"{{ messages[0].content.strip().upper() }}|", "#####|"},
        {"{{ messages[0].content.split('X') | join('-') }}", "##-#-##"},
        {"{{ messages[0].content.replace('X', '+') }}", "##+#+##"},
        {"{{ 'a+b' | replace('+', messages[0].role) }}", "a####b"},
        {"{{ messages[0].content[1:4] }}|{{ messages[0].content[::-1] }}", "###|#######"},
        {"{{ '%s-%5s' % (messages[0].role, 'x') }}", "####-    x"},
        {"{{ '{}={}'.format(messages[0].role, 1) }}", "####=1"},
        {"{{ messages[0].list }}", "['#', '#']"},
        {"{{ messages[0].object | tojson }}", "{\"#\": \"####\"}"},
        {"{{ tools | tojson }}", "[{\"####\": \"##\"}]"},
        {"{{ messages[0].content | escape }}", "#######"},
        {"{{ messages[0].object.k | e }}", "##########"},
        {"{{ messages[0].content | indent(2, true) }}", "  #######"},
        {"{{ (messages[0].content ~ '\\n' ~ 'z') | indent(1) }}", "#######\n z"},
        {"{{ messages[0].content | capitalize }}{{ messages[0].content | title }}",
         "##############"},
        {"{{ messages[0].content | truncate(4, true, '.', 0) }}", "###."},
        {"{{ messages[0].content | center(9) }}", " ####### "},
        {"{{ messages[0].content * 2 }}", "##############"},
        {"{{ messages | map(attribute='role') | first }}", "####"},
        {"{% set x %}[{{ messages[0].role }}]{% endset %}{{ x | upper }}", "[####]"},
        {"{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(messages[0].role) }}", "<####>"},
        {"{% filter trim %} {{ messages[0].role }} {% endfilter %}", "####"},
        {"{% for k, v in messages[0].object.items() %}{{ k }}:{{ v }}{% endfor %}", "#:###"},
        {"{{ messages[0].content | urlencode }}", "###########"},
        {"{{ messages[0].content.partition('X') | join('_') }}", "##_#_####"},
        {"{{ messages[0].content | list | sort | join }}", "#######"},
        {"{{ messages[0].content | length }}", "7"},
        /* A format from a message chooses what stands around the values. */
        {"{{ messages[0].format.format('') }}|", "##|"},
        {"{{ messages[0].percent % 5 }}|", "####|"},
        {"{{ messages[0].percent | format(5) }}|{{ strftime_now(messages[0].time) }}|",
         "####|###|"},
        {"{{ '%c' % 60 }}{{ '{:c}'.format(60) }}", "##"},
        {"{{ [('a', messages[0].content)] | urlencode }}", "a=#######"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chat_template *t = compiled(cases[i].template);
        struct marked_text out;
        rlx_error error;
        if (render_json(t, conversation, &out, &error) != RLX_OK)
            fail_msg("%s: %s", cases[i].template, error.text);
        char *shape = shape_of(&out);
        if (strcmp(shape, cases[i].shape) != 0)
            fail_msg("%s: expected %s, found %s (%s)", cases[i].template, cases[i].shape, shape,
                     out.text);
        free(shape);
        release(&out);
        free_template(t);
    }
}

/* ---- limits ---- */

static void fails(const char *template, const char *json, const char *sentence, rlx_status status)
{
    struct chat_template *t = compiled(template);
    struct marked_text out;
    rlx_error error;

    assert_int_equal(render_json(t, json, &out, &error), status);
    assert_null(out.text);
    if (strstr(error.text, sentence) == NULL)
        fail_msg("%s: expected '%s', found '%s'", template, sentence, error.text);
    free_template(t);
}

/* Without variables, for render_try. */
static void run(struct render *r, void *context)
{
    struct builder out;

    (void)context;
    template_run(r, value_dict(r, VALUE_DICT).as.dict, &out);
}

/* Under limits that are reached in little time. */
static void runs_out(const char *template, const char *sentence)
{
    struct chat_template *t = compiled(template);
    struct render r = {.template = &t->template, .memory_limit = 1 << 26, .step_limit = 1 << 21};

    render_try(&r, run, NULL);
    assert_true(r.failed);
    assert_int_equal(r.status, RLX_ERROR_TEMPLATE_FAILED);
    if (strstr(r.error.text, sentence) == NULL)
        fail_msg("%s: expected '%s', found '%s'", template, sentence, r.error.text);
    render_free(&r);
    free_template(t);
}

static void limits(void **state)
{
    (void)state;
    static const struct {
        const char *template, *sentence;
    } cases[] = {
        {"{% set r = range(199) %}{% for a in range(99999) %}{% for b in r %}{% endfor %}{% endfor %}",
         "steps"},
        {"{{ 'a' * 999999999 }}", "needs more than"},
        {"{{ [1] * 999999999 }}", "needs more than"},
        {"{% set l = [1] * 999999 %}{% for i in range(99) %}{{ l | sum }}{% endfor %}", "steps"},
        {"{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}"
         "{% endfor %}",
         "memory"},
        {"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested deeper than 128"},
        {"{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}", "nested deeper than 128"},
        {"{% set ns = namespace(x=[]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}"
         "{{ ns.x | tojson }}",
         "nested deeper than 128"},
        {"{% set ns = namespace(x=[], y=[]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}"
         "{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
         "nested deeper than 128"},
        {"{{ 9223372036854775807 + 1 }}", "64 bits"},
        {"{{ 10 ** 30 }}", "64 bits"},
        {"{{ '%999999999d' % 1 }}", "larger than"},
        {"{{ ''.ljust(999999999) }}", "memory"},
        {"{{ 'x' | center(999999999) }}", "memory"},
        {"{{ range(99999) | batch(1) | list | map('join') | join(range(99999) | join) }}",
         "memory"},
        {"{{ range(5) | slice(999999999) | list }}", "e"},
        {"{{ '%*d' % (-9223372036854775807 - 1, 3) }}", "larger than"},
        {"{{ 9223372036854775807 | round(-1) }}", "64 bits"},
    };
    static const struct {
        const char *json, *sentence;
    } inputs[] = {
        {"", "ends where a value is expected"},
        {"[]", "expected a JSON object"},
        {"{\"messages\":{}}", "messages: expected a list of objects"},
        {"{\"messages\":[1]}", "messages: expected a list of objects"},
        {"{\"messages\":[],\"tools\":[1]}", "tools: expected a list of objects, or null"},
        {"{\"messages\":[],\"variables\":[]}", "variables: expected an object"},
        {"{\"messages\":[],\"now\":5}", "now: expected a text"},
        {"{\"messages\":[]} x", "nothing after"},
        {"{\"messages\":[\"\xff\"]}", "not UTF-8"},
        {"{\"messages\":[\"a", "has no end"},
        {"{\"messages\":[\"\\x\"]}", "an escape"},
        {"{\"messages\":[01]}", "a number"},
    };
    char deep[1024] = "{\"messages\":";

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        runs_out(cases[i].template, cases[i].sentence);
    fails("{{ 'a' * 999999999 }}", "{\"messages\":[]}", "needs more than",
          RLX_ERROR_TEMPLATE_FAILED);
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        fails("x", inputs[i].json, inputs[i].sentence, RLX_ERROR_BAD_ARGUMENT);
    memset(deep + strlen(deep), '[', 500);
    fails("x", deep, "nested deeper", RLX_ERROR_BAD_ARGUMENT);
}

#define MANY_TIMES(body) \
    "{% for i in range(99999) %}{% for k in range(99) %}" body "{% endfor %}{% endfor %}"

/* What goes through texts, keys and scopes pays for it: no template takes much longer than its
 * steps say. */
static void steps(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "{% set ns = namespace(t=(1,)) %}{% for i in range(60) %}{% set ns.t = (ns.t, ns.t) %}"
        "{% endfor %}{{ {1: 2}[ns.t] }}",
        "{% set a, b = 'x' * 1000000, 'x' * 1000000 %}" MANY_TIMES("{{ '' if a == b }}"),
        "{% set a, b = 'x' * 1000000, 'x' * 1000000 %}" MANY_TIMES("{{ '' if a < b }}"),
        "{% set a, d = 'x' * 1000000, {1: 2} %}" MANY_TIMES("{{ '' if a in d }}"),
        "{% set a = '\u00e9' * 1000000 %}" MANY_TIMES("{{ '' if a[999999] }}"),
        "{% set a = '\u00e9' * 1000000 %}" MANY_TIMES("{{ '' if a is lower }}"),
        "{% set a = ' ' * 1000000 %}" MANY_TIMES("{{ '' if a.isspace() }}"),
        "{% set a = ' ' * 1000000 %}" MANY_TIMES("{{ '' if a.split() }}"),
        "{% set a = '1' * 1000000 %}" MANY_TIMES("{{ '' if a | int }}"),
        "{% set a = 'a' * 1000000 %}" MANY_TIMES("{{ '' if 'b' in a or a.rfind('b') }}"),
        "{% set a = 'a' * 1000000 %}{{ a.strip('b' * 1000000 ~ 'a') }}",
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chat_template *t = compiled(cases[i]);
        struct render r = {
            .template = &t->template, .memory_limit = 1 << 26, .step_limit = 1 << 19};
        render_try(&r, run, NULL);
        assert_true(r.failed);
        if (strstr(r.error.text, "steps") == NULL)
            fail_msg("%s: %s", cases[i], r.error.text);
        render_free(&r);
        free_template(t);
    }
}

/* Damaged code opens scopes and leaves none: who looks for a variable in all of them pays for it.
 */
static void scopes(void **state)
{
    (void)state;
    struct chat_template *t = compiled("{% with %}{{ x }}{% endwith %}");
    struct render r = {.template = &t->template, .memory_limit = 1 << 26, .step_limit = 1 << 19};
    struct rlx_template_instruction *code =
        (struct rlx_template_instruction *)(uintptr_t)t->template.code;
    uint32_t at = 0;

    while (code[at].op != RLX_OP_LEAVE)
        assert_true(++at < t->template.code_count);
    code[at] = (struct rlx_template_instruction){.op = RLX_OP_JUMP, .arg = 0};
    render_try(&r, run, NULL);
    assert_true(r.failed);
    assert_non_null(strstr(r.error.text, "steps"));
    assert_true(r.memory < 1 << 20); /* of few scopes */
    render_free(&r);
    free_template(t);
}

/* Renders without an error. */
static void expect_text(const char *template, const char *expected)
{
    struct chat_template *t = compiled(template);
    struct marked_text out;
    rlx_error error;

    if (render_json(t, "{\"messages\":[]}", &out, &error) != RLX_OK)
        fail_msg("%.60s: %s", template, error.text);
    assert_string_equal(out.text, expected);
    release(&out);
    free_template(t);
}

/* Numbers at the ends of their range, and searches that would take the product of two lengths. */
static void extremes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{{ 'a'.ljust(-9223372036854775807 - 1) }}", "a"},
        {"{{ 'a b'.split(none, -9223372036854775807 - 1) }}", "['a', 'b']"},
        {"{{ 'a b'.rsplit(' ', -9223372036854775807 - 1) }}", "['a', 'b']"},
        {"{{ 'a b'.replace(' ', '-', -9223372036854775807 - 1) }}", "a-b"},
        {"{{ 'a b'.replace('', '-', -9223372036854775807 - 1) }}", "-a- -b-"},
        {"{{ 'a b' | truncate(9223372036854775807, true, '', 9223372036854775807) }}", "a b"},
        {"{{ 5 | round(-9223372036854775807 - 1) }} {{ 5.5 | round(-400) }}", "0 0.0"},
        {"{{ 25 | round(-1) }} {{ 1e300 | round(2) }}", "20 1e+300"},
        {"{{ ('a' * 400000).rfind('a' * 200000 ~ 'b') }}", "-1"},
        {"{{ ('a' * 400000 ~ 'b').rfind('a' * 200000 ~ 'b') }}", "200000"},
        {"{{ ('a' * 400000).rfind('b' ~ 'a' * 200000) }}", "-1"},
        {"{{ 'abcabcab'.rfind('abcab') }} {{ 'aaa'.rfind('aa') }} {{ 'aaa'.rfind('') }}", "3 1 3"},
        {"{{ 'abcabcab'.rfind('abcab', 0, 7) }} {{ 'x'.rfind('xx') }}", "0 -1"},
        {"{{ 'it\\'s \\\\ a' | list | length }} {{ ['it\\'s \\\\ a'] }}", "8 [\"it's \\\\ a\"]"},
        {"{{ 5e-324 }} {{ 1 / 3 }} {{ 1e15 }} {{ 123456789012345680.0 }}",
         "5e-324 0.3333333333333333 1000000000000000.0 1.2345678901234568e+17"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_text(cases[i][0], cases[i][1]);
}

/* A locale of the system, or made in the temporary folder; false where neither is to be had. */
static bool take_locale(const char *name)
{
    char command[2048];

    if (setlocale(LC_ALL, name) != NULL)
        return true;
    snprintf(command, sizeof command, "localedef -i %.5s -f UTF-8 '%s/%s' >'%s/log' 2>&1", name,
             test_folder.path, name, test_folder.path);
    if (system(command) == -1)
        return false;
    setenv("LOCPATH", test_folder.path, 1);
    bool taken = setlocale(LC_ALL, name) != NULL;
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -rf '%s/%s'", test_folder.path, name);
    return system(command) == 0 && taken;
}

/* A program that uses the library may have set any locale; the last one's point has two bytes. */
static void locales(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "ps_AF.UTF-8"};
    struct chat_template *t =
        compiled("{{ 1.5 }} {{ '2.5' | float }} {{ '%.2f' % 2.5 }} {{ '{:.3e}'.format(1234.5) }} "
                 "{{ 2.675 | round(2) }} {{ 1500000 | filesizeformat }} {{ messages | tojson }}");
    struct marked_text out;
    rlx_error error;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!take_locale(names[i])) {
            print_message("no locale %s: not tried\n", names[i]);
            continue;
        }
        rlx_status status = render_json(t, "{\"messages\":[{\"x\":0.1}]}", &out, &error);
        setlocale(LC_ALL, "C");
        assert_int_equal(status, RLX_OK);
        assert_string_equal(out.text, "1.5 2.5 2.50 1.234e+03 2.67 1.5 MB [{\"x\": 0.1}]");
        release(&out);
    }
    free_template(t);
}

/* The source is bounded too, and what is wrong in it has a line. */
static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *template, *reason;
        uint32_t line;
    } cases[] = {
        {"a\n{{ 1 +", "has no end", 2},
        {"{% if x %}\n\n", "expected {% elif %}", 2},
        {"{# no end", "a comment has no end", 1},
        {"{% raw %}\nx", "has no {% endraw %}", 1},
        {"\n\n{{ 'x }}", "a string has no end", 3},
        {"{{ ( ] }}", "a bracket closes", 1},
        {"{% extends 'x' %}", "unknown tag 'extends'", 1},
        {"{{ 99999999999999999999 }}", "64 bits", 1},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct chat_template *t = compiled(cases[i].template);
        if (t->refusal.line != cases[i].line || strstr(t->refusal.reason, cases[i].reason) == NULL)
            fail_msg("%s: line %u: %s", cases[i].template, t->refusal.line, t->refusal.reason);
        free_template(t);
    }
    enum { DEEP = 100000 };
    static const char *const openings[] = {
        "{{ (",       "{{ [",    "{{ not ",         "{{ -",     "{% if x %}",
        "{{ x.y",     "{{ a + ", "{{ x if y else ", "{{ 1 | e", "{% filter e | e",
        "{{ 1 is a.b"};
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        const char *again = strncmp(openings[i], "{{ ", 3) == 0 ? openings[i] + 3 : openings[i];
        size_t bytes = strlen(again);
        char *source = malloc(DEEP * bytes + 16), *at = source;
        at += sprintf(at, "{{ 1 }}{{ ") - (again == openings[i] ? 3 : 0);
        for (size_t k = 0; k < DEEP; k++, at += bytes)
            memcpy(at, again, bytes);
        strcpy(at, " 1 }}");
        struct chat_template *t = compiled(source);
        assert_int_not_equal(t->refusal.line, 0);
        free_template(t);
        free(source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded), cmocka_unit_test(marks),    cmocka_unit_test(limits),
        cmocka_unit_test(steps),    cmocka_unit_test(scopes),   cmocka_unit_test(extremes),
        cmocka_unit_test(locales),  cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
