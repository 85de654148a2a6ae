/* --variants: which programs a graph of several entries gets, and what is refused. Expected lists are
 * by hand. */
#include "compiler/selection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* "hear" has rows of its own symbol, "pool" rows of ROWS, and "main" a ring for runs of 15 rows. */
static const char text[] =
    "  %1 = input f32 [FRAMES, 16] \"mel\"\n"
    "  %2 = neg %1 f32 [FRAMES, 16]\n"
    "  %3 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "  %4 = input i32 [ROWS] role=positions \"positions\"\n"
    "  %5 = weight f32 [9, 16] \"embedding\"\n"
    "  %6 = embed %5 %3 f32 [ROWS, 16]\n"
    "  %7 = reshape %6 f32 [ROWS, 1, 16]\n"
    "  %8 = state f32 [BATCH, 64, 1, 16] class=ring role=key \"k\"\n"
    "  %9 = state f32 [BATCH, 64, 1, 16] class=ring role=value \"v\"\n"
    "  %10 = kv_append %8 %7 %4 f32 [BATCH, 64, 1, 16]\n"
    "  %11 = kv_append %9 %7 %4 f32 [BATCH, 64, 1, 16]\n"
    "  %12 = attention %7 %10 %11 %4 f32 [ROWS, 16] heads=1 kv_heads=1 head_dim=16 scale=1 "
    "mask=causal window=50\n"
    "  entry \"hear\"\n"
    "  output \"y\" %2\n"
    "  entry \"main\"\n"
    "  output \"logits\" %12 role=logits\n"
    "  output \"k\" %10\n"
    "  output \"v\" %11\n"
    "  entry \"pool\"\n"
    "  output \"rows\" %6\n";

struct fixture {
    struct arena arena;
    struct strings strings;
    struct diags diags;
    struct hir_graph graph;
};

/* `bounds`: of more symbols than FRAMES. */
static void open_bounded(struct fixture *f, const char *bounds)
{
    *f = (struct fixture){0};
    f->diags.arena = &f->arena;
    strings_init(&f->strings, &f->arena);
    hir_init(&f->graph, &f->arena, &f->strings, "");
    const char *whole =
        arena_printf(&f->arena, "graph \"three\" (FRAMES in 4..40%s)\n%s", bounds, text);
    assert_true(hir_parse(&f->graph, "three", whole, strlen(whole), &f->diags) &&
                hir_verify(&f->graph, &f->diags));
}

static void open_fixture(struct fixture *f)
{
    open_bounded(f, "");
}

/* Names of the variants, with the rows that they serve. */
static void selects_of(bool one_variant, const char *bounds, const char *set, const char *expected)
{
    struct packed_variant variants[BUCKETS_MAX];
    struct fixture f;
    uint32_t count;

    open_bounded(&f, bounds);
    struct text found = {.arena = &f.arena};
    if (!select_variants(set, &f.graph, 0, one_variant, variants, BUCKETS_MAX, &count, &f.diags))
        fail_msg("'%s': %s", set, f.diags.first->text);
    for (uint32_t i = 0; i < count; i++)
        text_add(&found, "%s%s %u..%u", i == 0 ? "" : ", ",
                 variant_name(&f.arena, &variants[i].variant), variants[i].rows.first,
                 variants[i].rows.last);
    assert_string_equal(found.data, expected);
    arena_free(&f.arena);
}

static void selects_within(const char *bounds, const char *set, const char *expected)
{
    selects_of(false, bounds, set, expected);
}

static void selects(const char *set, const char *expected)
{
    selects_of(false, "", set, expected);
}

static void refuses_within(const char *bounds, const char *set, const char *why)
{
    struct packed_variant variants[BUCKETS_MAX];
    struct fixture f;
    uint32_t count;

    open_bounded(&f, bounds);
    assert_false(select_variants(set, &f.graph, 0, false, variants, BUCKETS_MAX, &count, &f.diags));
    if (strstr(f.diags.first->text, why) == NULL)
        fail_msg("'%s': expected '%s', found '%s'", set, why, f.diags.first->text);
    arena_free(&f.arena);
}

static void refuses(const char *set, const char *why)
{
    refuses_within("", set, why);
}

#define HEAR "hear.encoder-b1-s1 1..1"
#define POOL "pool.encoder-b1-s512 1..512"

static void each_entry_has_variants(void **state)
{
    (void)state;
    selects(NULL, "decode-b1-s1 1..1, decode-b1-s2 2..2, decode-b1-s4 3..4, decode-b1-s8 5..8, "
                  "decode-b1-s15 9..15, decode-b2-s1 2..2, decode-b4-s1 3..4, decode-b8-s1 5..8, "
                  "decode-b16-s1 9..16, " HEAR ", " POOL);
    selects("decode=1", "decode-b1-s1 1..1, " HEAR ", " POOL);
    selects("decode=1,pool:encoder=4x64,2x8,100",
            "decode-b1-s1 1..1, " HEAR
            ", pool.encoder-b4-s64 1..256, pool.encoder-b2-s8 1..16, pool.encoder-b1-s100 1..100");
    selects("decode=1,blocks=2,hear:FRAMES=10,hear:encoder=1+FRAMES=30",
            "decode-b1-s1 1..1, decode-b1-s2 2..2, hear.encoder-b1-s1-x6-10 1..1, "
            "hear.encoder-b1-s1-x6-30 1..1, " POOL);
    selects("pool:prefill=64,decode=1", "decode-b1-s1 1..1, " HEAR ", pool.prefill-b1-s64 1..64");
}

/* Where code for many rows serves few as well, one variant stands for all runs of main. */
static void one_variant_is_enough(void **state)
{
    (void)state;
    selects_of(true, "", NULL, "decode-b1-s15 1..15, " HEAR ", " POOL);
    selects_of(true, "", "decode=1", "decode-b1-s1 1..1, " HEAR ", " POOL);
    selects_of(true, "", "blocks=4,pool:prefill=64",
               "decode-b1-s4 1..4, " HEAR ", pool.prefill-b1-s64 1..64");
    refuses("blocks=4", "expected decode=1 among the variants");
}

/* The graph's bounds of rows and sequences are those of its variants. */
static void bounds_hold(void **state)
{
    (void)state;
    selects_within(", ROWS in 1..6", NULL,
                   "decode-b1-s1 1..1, decode-b1-s2 2..2, decode-b1-s4 3..4, decode-b1-s6 5..6, "
                   "decode-b2-s1 2..2, decode-b4-s1 3..4, decode-b6-s1 5..6, " HEAR
                   ", pool.encoder-b1-s6 1..6");
    selects_within(", BATCH in 1..1, SEQ in 1..2", NULL,
                   "decode-b1-s1 1..1, decode-b1-s2 2..2, " HEAR ", " POOL);
    refuses_within(", ROWS in 1..6", "decode=1,pool:encoder=2x4",
                   "the graph has at most 6 ROWS, found 8");
}

static void mistakes_are_named(void **state)
{
    (void)state;
    refuses("see:encoder=1x3", "the graph has no entry 'see'; it has hear, main, pool");
    refuses("hear:FRAMES=41", "FRAMES: expected 4 to 40, found 41");
    refuses("hear:FRAMES=4:8", "FRAMES: expected a number, found '4:8'");
    refuses("hear:ROWS=4", "ROWS: expected a symbol that the graph declares");
    refuses("FRAMES=4", "ENTRY:SYMBOL=, found 'FRAMES'");
    refuses("pool:encoder=4x", "found '");
    refuses("pool:encoder=4y4", "found '4y4'");
    refuses("pool:encoder=0x4", "1 to 65536 segments, found 0");
    refuses("pool:encoder=4x4+", "SYMBOL=SIZE after '+'");
    refuses("main:encoder=4", "expected decode=1 among the variants");
    refuses("blocks=2", "expected decode=1 among the variants");
}

static void one_variant_is_named(void **state)
{
    static const struct {
        const char *text, *name;
    } good[] = {{"decode-4", "decode-b1-s4"},
                {"batch-3", "decode-b3-s1"},
                {"pool:prefill-20", "pool.prefill-b1-s20"},
                {"pool:encoder-2x8", "pool.encoder-b2-s8"},
                {"hear:FRAMES-9", "hear.encoder-b1-s1-x6-9"}};
    static const char *const bad[] = {"decode",          "decode-",      "decode-4,5",
                                      "encoder-0x4",     "hear:4",       "hear:FRAMES=9",
                                      "hear:FRAMES-9,8", "decode-4+X-1", "batch-17"};
    struct variant v;
    struct fixture f;

    (void)state;
    open_fixture(&f);
    for (uint32_t i = 0; i < countof(good); i++) {
        assert_true(select_variant(good[i].text, &f.graph, &v, &f.diags));
        assert_string_equal(variant_name(&f.arena, &v), good[i].name);
    }
    for (uint32_t i = 0; i < countof(bad); i++)
        if (select_variant(bad[i], &f.graph, &v, &f.diags))
            fail_msg("'%s' was taken", bad[i]);
    arena_free(&f.arena);
}

/* Which levels code is made for. */
static void targets_have_levels(void **state)
{
    static const struct {
        const char *targets, *levels, *found; /* NULL: refused */
    } cases[] = {
        {NULL, "all", "x86-64-v3 x86-64-v4-vnni-bf16 x86-64-v4-amx "},
        {"cpu", "x86-64-v4-vnni-bf16,x86-64-v3", "x86-64-v3 x86-64-v4-vnni-bf16 "},
        {"vulkan", "all", "vulkan1.2 vulkan1.2-dot vulkan1.2-software "},
        {"vulkan", "native", "vulkan1.2 vulkan1.2-dot vulkan1.2-software "},
        {"vulkan", "vulkan1.2", "vulkan1.2 "},
        {"vulkan", "vulkan1.2-dot", "vulkan1.2-dot "},
        {"vulkan", "x86-64-v3", NULL},
        {"vulkan", "vulkan1.2,x86-64-v3", NULL},
        {"vulkan,cpu", "x86-64-v3", "x86-64-v3 vulkan1.2 vulkan1.2-dot vulkan1.2-software "},
        {"cpu,cpu,vulkan", "x86-64-v3,vulkan1.2", "x86-64-v3 vulkan1.2 "},
        {"cpu", "vulkan1.2", NULL},
        {"c", "all", NULL},
        {"", "all", NULL},
        {"cpu,", "all", NULL},
        {"vulkan,tpu", "all", NULL},
        {"vulkan1.2", "all", NULL},
    };

    (void)state;
    for (uint32_t i = 0; i < countof(cases); i++) {
        struct arena arena = {0};
        struct diags diags = {.arena = &arena};
        struct text found = {.arena = &arena};
        struct level_list list;
        bool good = select_levels(cases[i].targets, cases[i].levels, &list, &diags);
        for (uint32_t j = 0; good && j < list.count; j++)
            text_add(&found, "%s ", list.all[j].target->levels[list.all[j].level].name);
        if (good != (cases[i].found != NULL))
            fail_msg("case %u: %s", i, good ? found.data : diags.first->text);
        if (good)
            assert_string_equal(found.data, cases[i].found);
        arena_free(&arena);
    }
}

static void one_level_is_of_any_target(void **state)
{
    static const char *const names[] = {"x86-64-v3", "vulkan1.2", "vulkan1.2-dot",
                                        "vulkan1.2-software", "c"};
    struct arena arena = {0};
    struct diags diags = {.arena = &arena};
    struct selected_level level;

    (void)state;
    for (uint32_t i = 0; i < countof(names); i++) {
        assert_true(select_level(names[i], &level, &diags));
        assert_string_equal(level.target->levels[level.level].name, names[i]);
    }
    assert_false(select_level("all", &level, &diags));
    assert_false(select_level("vulkan", &level, &diags));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_has_variants),
        cmocka_unit_test(one_variant_is_enough),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(one_variant_is_named),
        cmocka_unit_test(targets_have_levels),
        cmocka_unit_test(one_level_is_of_any_target),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
