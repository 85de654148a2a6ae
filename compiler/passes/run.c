/* The loop that runs the passes of a table: chosen by name, verified, timed, dumped, and on demand
 * evaluated before and after. Nothing here knows a single pass: all of it comes from the tables.
 */
#include "compiler/passes/passes.h"

#include <string.h>
#include <time.h>

static const struct hir_pass early[] = {
#define PASS(name, function, required, after, why, tolerance, what) \
    {#name, function, required, after, why, tolerance, what},
#include "compiler/passes/passes.def"
#undef PASS
};
const struct pass_table early_passes = {"early", early, countof(early)};

/* ---- lists of names ---- */

/* The next name of a list "a,b,c": its length; *at moves after it and its comma. NULL at the end.
 */
static const char *next_name(const char **at, size_t *bytes)
{
    const char *name = *at;

    if (name == NULL || *name == 0)
        return NULL;
    *bytes = strcspn(name, ",");
    *at = name + *bytes + (name[*bytes] == ',');
    return name;
}

static bool list_has(const char *list, const char *wanted)
{
    const char *name;
    size_t bytes;

    while ((name = next_name(&list, &bytes)) != NULL)
        if (bytes == strlen(wanted) && memcmp(name, wanted, bytes) == 0)
            return true;
    return false;
}

const struct hir_pass *pass_find(const struct pass_table *table, const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (strlen(table->all[i].name) == bytes && memcmp(table->all[i].name, name, bytes) == 0)
            return &table->all[i];
    return NULL;
}

bool pass_list_names(const struct pass_table *table, const char *list)
{
    const char *name;
    size_t bytes;

    while ((name = next_name(&list, &bytes)) != NULL)
        if (pass_find(table, name, bytes) != NULL)
            return true;
    return false;
}

const char *pass_left_out(const struct pass_table *table, const char *list, struct arena *a)
{
    struct text names = {.arena = a};

    text_add(&names, "%s", "");
    for (uint32_t i = 0; i < table->count; i++)
        if (table->all[i].tolerance != 0 && list_has(list, table->all[i].name))
            text_add(&names, ",%s", table->all[i].name);
    return names.data;
}

static const struct pass_table *const *tables_of(const struct pass_run *run)
{
    static const struct pass_table *const only_early[] = {&early_passes, NULL};

    return run->tables != NULL ? run->tables : only_early;
}

static const struct hir_pass *find_in_tables(const struct pass_table *const *tables,
                                             const char *name, size_t bytes)
{
    const struct hir_pass *pass = NULL;

    for (; *tables != NULL && pass == NULL; tables++)
        pass = pass_find(*tables, name, bytes);
    return pass;
}

static const char *known_names(const struct pass_table *const *tables, struct arena *a)
{
    struct text known = {.arena = a};

    for (; *tables != NULL; tables++)
        for (uint32_t i = 0; i < (*tables)->count; i++)
            text_add(&known, "%s%s", known.bytes == 0 ? "" : ", ", (*tables)->all[i].name);
    return known.data;
}

static void check_names(const struct pass_run *run, const char *list, bool leaves_out,
                        struct diags *d)
{
    const struct pass_table *const *tables = tables_of(run);
    const char *name;
    size_t bytes;

    while ((name = next_name(&list, &bytes)) != NULL) {
        const struct hir_pass *pass = find_in_tables(tables, name, bytes);
        const char *object = arena_printf(d->arena, "pass '%.*s'", (int)min_u64(bytes, 64), name);
        if (pass == NULL)
            diag_error(d, (struct place){.object = object}, "expected one of %s",
                       known_names(tables, d->arena));
        else if (leaves_out && pass->required)
            diag_error(d, (struct place){.object = object},
                       "cannot be left out: later stages know only what it makes");
    }
}

bool pass_run_valid(const struct pass_run *run, struct diags *d)
{
    uint32_t before = d->error_count;

    check_names(run, run->only, false, d);
    check_names(run, run->leave_out, true, d);
    check_names(run, run->stop_after, false, d);
    return d->error_count == before;
}

bool pass_order_holds(const struct pass_table *table, struct diags *d)
{
    uint32_t before = d->error_count;

    for (uint32_t i = 0; i < table->count; i++) {
        const char *list = table->all[i].after, *name;
        size_t bytes;
        while ((name = next_name(&list, &bytes)) != NULL) {
            const struct hir_pass *pass = pass_find(table, name, bytes);
            if (pass == NULL || pass >= &table->all[i])
                diag_error(d, (struct place){.object = table->all[i].name},
                           "expected to stand after '%.*s'", (int)bytes, name);
        }
    }
    return d->error_count == before;
}

/* ---- the loop ---- */

static bool is_chosen(const struct pass_run *run, const struct hir_pass *pass)
{
    if (run->only != NULL)
        return list_has(run->only, pass->name);
    return !list_has(run->leave_out, pass->name);
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool verify_after(const struct hir_graph *g, const char *pass, struct diags *d)
{
    if (hir_verify(g, d))
        return true;
    diag_note(d, "after pass %s", pass);
    return false;
}

static bool run_one(struct pass_run *run, const struct hir_pass *pass, struct hir_graph *g,
                    struct diags *d)
{
    struct pass_time time = {.pass = pass->name, .nodes_before = g->node_count - 1};
    struct pass_call call = {.graph = g,
                             .before = *g, /* a pass makes new arrays: these stay readable */
                             .context = run->context,
                             .report = &run->report,
                             .diags = d};
    double start = seconds_now();

    run->report.arena = run->arena;
    run->report.silent = run->no_report;
    run->report.pass = pass->name;
    if (!pass->run(&call)) {
        diag_note(d, "during pass %s", pass->name);
        return false;
    }
    time.seconds = seconds_now() - start;
    time.nodes_after = g->node_count - 1;
    ARENA_PUSH(run->arena, run->times, run->time_count, run->time_capacity) = time;
    if ((run->check || !run->verify_last) && !verify_after(g, pass->name, d))
        return false;
    double tolerance = run->tolerance == 0 ? 1e-5 : run->tolerance;
    if (tolerance < pass->tolerance)
        tolerance = pass->tolerance;
    if (run->check && !graphs_agree(&call.before, g, run->seed, tolerance, d)) {
        diag_note(d, "the graphs before and after pass %s differ", pass->name);
        return false;
    }
    return true;
}

bool run_passes(struct pass_run *run, const struct pass_table *table, struct hir_graph *g,
                struct diags *d)
{
    const char *last = NULL;

    if (!pass_run_valid(run, d) || (!run->verify_last && !hir_verify(g, d)))
        return false;
    for (uint32_t i = 0; i < table->count && !run->stopped; i++) {
        const struct hir_pass *pass = &table->all[i];
        if (is_chosen(run, pass)) {
            if (!run_one(run, pass, g, d))
                return false;
            last = pass->name;
            if (run->dump != NULL)
                run->dump(run->dump_context, run->number, pass->name, g);
            run->number++;
        }
        run->stopped = run->stop_after != NULL && strcmp(run->stop_after, pass->name) == 0;
    }
    return !run->verify_last || run->check || last == NULL || verify_after(g, last, d);
}

void pass_report_text(const struct pass_table *table, const struct pass_report *report,
                      struct text *out)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const char *name = table->all[i].name;
        uint32_t done = 0, left = 0;
        for (const struct pass_note *n = report->first; n != NULL; n = n->next)
            if (strcmp(n->pass, name) == 0)
                *(n->done ? &done : &left) += 1;
        if (done + left == 0)
            continue;
        text_add(out, "%s: %u done, %u left\n", name, done, left);
        for (const struct pass_note *n = report->first; n != NULL; n = n->next)
            if (strcmp(n->pass, name) == 0)
                text_add(out, "  %s %s: %s\n", n->done ? "done" : "left", n->node, n->text);
    }
}
