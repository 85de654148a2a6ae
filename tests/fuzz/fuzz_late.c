/* Any graph that parses and verifies is specialized and goes through the late passes, with and
 * without the early ones: what a pass refuses it says, and otherwise the result verifies after each
 * pass, prints as text that parses, and becomes a program that verifies or an error that says why
 * not. */
#include "compiler/late/late.h"
#include "compiler/lir/lir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static struct tile_choice choose_tile(uint32_t level, const struct tile_request *r)
{
    (void)level;
    return (struct tile_choice){.groups = r->gated ? 2 : 1,
                                .rows = r->what == TILED_product && r->gated ? 2 : 1};
}

static const struct target_level levels[] = {{.name = "plain",
                                              .traits = {.replicates = true,
                                                         .owns_tiles = true,
                                                         .bf16_dot = true,
                                                         .integer_products = true,
                                                         .norms_in_products = true,
                                                         .norms_after_products = true,
                                                         .norms_all_heads = true,
                                                         .splits_keys = true}}};
static const struct target target = {
    .name = "plain", .levels = levels, .level_count = 1, .choose_tile = choose_tile};

static void require(bool good, const struct diags *d)
{
    if (good)
        return;
    diags_print(d, stderr);
    abort();
}

/* Sizes of a program are products of four axes: small ones, so that none is out of range. */
static bool is_small(const struct hir_graph *g)
{
    for (dim_id i = 1; i < g->dims.count; i++)
        if (g->dims.all[i].kind == DIM_CONST && g->dims.all[i].value > 4096)
            return false;
    return true;
}

static void make_late(const struct hir_graph *g, struct variant v, enum activations activations)
{
    struct arena arena = {0};
    const struct specialization s = {&v, activations, &target, 0, true};
    struct diags d = {.arena = &arena};
    struct pass_run run = {.arena = &arena, .tables = all_pass_tables};
    struct lir_kernels kernels = {.arena = &arena};
    struct hir_graph late, again;
    struct lir_program p;
    struct text text = {.arena = &arena};

    bool made = specialize(g, &s, &arena, &late, &d);
    bool verified = !made || hir_verify(&late, &d);
    bool decided = made && run_late_passes(&run, &s, &late, &d);
    require(verified && decided == (d.error_count == 0), &d);
    require(!made || hir_verify(&late, &d), &d); /* also where a pass refused it */
    if (decided) {
        hir_text(&late, &text);
        hir_init(&again, &arena, g->strings, "");
        require(hir_parse(&again, "again", text.data, text.bytes, &d), &d);
        if (is_small(&late) && lower(&late, g, &v, &target, 0, &kernels, &p, &d)) {
            schedule(&p, &levels[0].traits);
            plan_memory(&p);
            require(lir_verify(&p, &d), &d);
        }
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct strings strings;
    struct hir_graph graph;
    struct pass_run run = {.arena = &arena};

    strings_init(&strings, &arena);
    hir_init(&graph, &arena, &strings, "");
    if (hir_parse(&graph, "fuzz", (const char *)data, bytes, &diags) &&
        hir_verify(&graph, &diags)) {
        make_late(&graph, variant_decode(1, 10, 4), ACTIVATIONS_auto);
        if (run_passes(&run, &early_passes, &graph, &diags)) {
            make_late(&graph, variant_prefill(1, 64), ACTIVATIONS_auto);
            make_late(&graph, variant_decode(3, 10, 1), ACTIVATIONS_exact);
        }
    }
    arena_free(&arena);
    return 0;
}
