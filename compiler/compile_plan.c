/* What a build would make, without making it. In: a model and the options of a build; out: a table
 * or JSON on standard output.
 */
#include "compiler/unit.h"

#include "compiler/plan.h"

static bool print_plan(struct unit *u, const struct plan_request *request)
{
    struct artifact a = describe_artifact(u);
    struct weight_plan weights;
    struct machine machine;
    struct text text = {.arena = &u->arena};
    const struct type_uses types = list_type_uses(&u->model, &u->graph, &u->types, &u->arena);
    struct planned all = {&u->model,     u->levels,        u->level_list.count,
                          u->variants,   u->variant_count, a.context,
                          &weights,      &types,           NULL,
                          request->depth};

    if (a.context != 0 && request->depth >= a.context)
        return diag_error(u->diags, (struct place){.object = "--depth"},
                          "expected less than the context of %u, found %llu", a.context,
                          (unsigned long long)request->depth);
    if (!artifact_plan_weights(&a, &weights, u->diags))
        return false;
    if (request->machine != NULL) {
        all.machine = &machine;
        progress_phase(&u->progress, "measuring");
        if (!machine_read(request->machine, u->threads, &machine, u->diags))
            return false;
    }
    progress_clear(&u->progress);
    (request->json ? plan_json : plan_text)(&all, &text);
    fputs(text.data, stdout);
    return true;
}

bool compile_plan(const struct compile_options *options, const struct plan_request *request,
                  struct diags *d)
{
    struct unit u;
    bool good = unit_open(&u, options, d) && unit_import(&u, false) && make_programs(&u) &&
                print_plan(&u, request);

    return unit_close(&u, good);
}
