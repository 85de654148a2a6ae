/* The table of late passes and their run. Contract: late.h. */
#include "compiler/late/late.h"

static const struct hir_pass passes[] = {
#define PASS(name, function, required, after, why, tolerance, what) \
    {#name, function, required, after, why, tolerance, what},
#include "compiler/late/late_passes.def"
#undef PASS
};
const struct pass_table late_passes = {"late", passes, countof(passes)};
const struct pass_table *const all_pass_tables[] = {&early_passes, &late_passes, NULL};

bool run_late_passes(struct pass_run *run, const struct specialization *s, struct hir_graph *g,
                     struct diags *d)
{
    run->context.specialization = s;
    return run_passes(run, &late_passes, g, d);
}

void late_report_text(const struct specialization *s, const struct pass_report *report,
                      struct text *out)
{
    if (report->first == NULL)
        return;
    text_add(out, "%s for %s\n", variant_name(out->arena, s->variant),
             s->target->levels[s->level].name);
    pass_report_text(&late_passes, report, out);
}
