/* The loop that runs passes: chosen by name, verified after each, timed, dumped, and on demand
 * evaluated before and after. Nothing here knows a single pass: all of it comes from the table.
 */
#include "compiler/passes/passes.h"

#include <string.h>
#include <time.h>

const struct hir_pass hir_passes[] = {
#define PASS(name, function, required, after, what) {#name, function, required, after, what},
#include "compiler/passes/passes.def"
#undef PASS
};
const uint32_t hir_pass_count = countof(hir_passes);

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

const struct hir_pass *pass_find(const char *name, size_t bytes)
{
    for (uint32_t i = 0; i < hir_pass_count; i++)
        if (strlen(hir_passes[i].name) == bytes && memcmp(hir_passes[i].name, name, bytes) == 0)
            return &hir_passes[i];
    return NULL;
}

static void check_names(const char *list, bool leaves_out, struct diags *d)
{
    const char *name;
    size_t bytes;

    while ((name = next_name(&list, &bytes)) != NULL) {
        const struct hir_pass *pass = pass_find(name, bytes);
        const char *object = arena_printf(d->arena, "pass '%.*s'", (int)min_u64(bytes, 64), name);
        if (pass == NULL) {
            struct text known = {.arena = d->arena};
            for (uint32_t i = 0; i < hir_pass_count; i++)
                text_add(&known, "%s%s", i == 0 ? "" : ", ", hir_passes[i].name);
            diag_error(d, (struct place){.object = object}, "expected one of %s", known.data);
        } else if (leaves_out && pass->required) {
            diag_error(d, (struct place){.object = object},
                       "cannot be left out: what follows knows only what it makes");
        }
    }
}

bool pass_run_valid(const struct pass_run *run, struct diags *d)
{
    uint32_t before = d->error_count;

    check_names(run->only, false, d);
    check_names(run->leave_out, true, d);
    check_names(run->stop_after, false, d);
    return d->error_count == before;
}

bool pass_order_holds(struct diags *d)
{
    uint32_t before = d->error_count;

    for (uint32_t i = 0; i < hir_pass_count; i++) {
        const char *list = hir_passes[i].after, *name;
        size_t bytes;
        while ((name = next_name(&list, &bytes)) != NULL) {
            const struct hir_pass *pass = pass_find(name, bytes);
            if (pass == NULL || pass >= &hir_passes[i])
                diag_error(d, (struct place){.object = hir_passes[i].name},
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

static bool run_one(struct pass_run *run, const struct hir_pass *pass, struct hir_graph *g,
                    struct diags *d)
{
    struct pass_time time = {.pass = pass->name, .nodes_before = g->node_count - 1};
    struct hir_graph before = *g; /* a pass makes new arrays: the old ones stay readable */
    double start = seconds_now();

    run->report.arena = run->arena;
    run->report.pass = pass->name;
    if (!pass->run(g, &run->report, d)) {
        diag_note(d, "during pass %s", pass->name);
        return false;
    }
    time.seconds = seconds_now() - start;
    time.nodes_after = g->node_count - 1;
    ARENA_PUSH(run->arena, run->times, run->time_count, run->time_capacity) = time;
    if (!hir_verify(g, d)) {
        diag_note(d, "after pass %s", pass->name);
        return false;
    }
    double tolerance = run->tolerance == 0 ? 1e-5 : run->tolerance;
    if (run->check && !graphs_agree(&before, g, run->seed, tolerance, d)) {
        diag_note(d, "the graphs before and after pass %s differ", pass->name);
        return false;
    }
    return true;
}

bool run_passes(struct pass_run *run, struct hir_graph *g, struct diags *d)
{
    uint32_t number = 0;

    if (!pass_run_valid(run, d) || !hir_verify(g, d))
        return false;
    for (uint32_t i = 0; i < hir_pass_count; i++) {
        const struct hir_pass *pass = &hir_passes[i];
        if (is_chosen(run, pass)) {
            if (!run_one(run, pass, g, d))
                return false;
            if (run->dump != NULL)
                run->dump(run->dump_context, number, pass->name, g);
            number++;
        }
        if (run->stop_after != NULL && strcmp(run->stop_after, pass->name) == 0)
            break;
    }
    return true;
}

void pass_report_text(const struct pass_report *report, struct text *out)
{
    for (uint32_t i = 0; i < hir_pass_count; i++) {
        uint32_t done = 0, left = 0;
        for (const struct pass_note *n = report->first; n != NULL; n = n->next)
            if (strcmp(n->pass, hir_passes[i].name) == 0)
                *(n->done ? &done : &left) += 1;
        if (done + left == 0)
            continue;
        text_add(out, "%s: %u done, %u left\n", hir_passes[i].name, done, left);
        for (const struct pass_note *n = report->first; n != NULL; n = n->next)
            if (strcmp(n->pass, hir_passes[i].name) == 0)
                text_add(out, "  %s %s: %s\n", n->done ? "done" : "left", n->node, n->text);
    }
}
