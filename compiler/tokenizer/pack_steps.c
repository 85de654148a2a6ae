/* The pre-tokenizer's steps, and the scanners of all steps. In: the pipeline. Out: tables STEPS,
 * STEP_TEXTS and POINT_FLAGS, and those of rlx/scanner_format.h. All expressions of a section share
 * one partition of the code points, so every expression is read before the first scanner is made.
 */
#include "compiler/import/tokenizer/text_steps.h"
#include "compiler/tokenizer/pack_parts.h"
#include "compiler/tokenizer/scanner.h"

#include <string.h>

static struct place place_of(const struct packing *p, const struct text_step *s)
{
    struct place place = p->place;
    place.object = s->object;
    return place;
}

static bool read_expression(struct packing *p, const struct text_step *s)
{
    struct expression *e = expression_parse(s->expression.text, s->expression.bytes, s->literal,
                                            p->arena, place_of(p, s), p->diags);
    if (!e)
        return false;
    expression_partition(e, &p->partition);
    ARENA_PUSH(p->arena, p->expressions, p->expression_count, p->expression_capacity) =
        (struct placed_expression){e, place_of(p, s)};
    return true;
}

/* Those of the normalizers first, by the numbers that their tables have. */
static bool read_expressions(struct packing *p)
{
    const struct text_steps *steps = &p->vocabulary->pipeline.pre_tokenizers;
    for (uint32_t i = 0; i < p->normals.expression_count; i++)
        if (!read_expression(p, p->normals.expressions[i].published))
            return false;
    for (uint32_t i = 0; i < steps->count; i++)
        if (steps->all[i].kind == STEP_split && !read_expression(p, &steps->all[i]))
            return false;
    return true;
}

/* ---- what added tokens ask about their neighbours ---- */

static bool asks_about_neighbours(const struct vocabulary *v)
{
    for (uint32_t i = 0; i < v->token_count; i++) {
        const struct vocabulary_token *t = &v->tokens[i];
        if (t->added && (t->single_word || ((t->left_strip || t->right_strip) && !v->ascii_strip)))
            return true;
    }
    return false;
}

static bool read_point_sets(struct packing *p)
{
    static const char space[] = "\\s";
    const char *word = arena_printf(p->arena, "[%s]", step_class(p->arena, FROZEN_word));
    const char *const texts[] = {space, word};
    for (size_t i = 0; i < countof(texts) && asks_about_neighbours(p->vocabulary); i++) {
        p->point_sets[i] = expression_parse(texts[i], (uint32_t)strlen(texts[i]), false, p->arena,
                                            p->place, p->diags);
        if (!p->point_sets[i])
            return false;
        expression_partition(p->point_sets[i], &p->partition);
    }
    return true;
}

static void pack_point_flags(struct packing *p)
{
    static const uint8_t values[] = {RLX_POINT_SPACE, RLX_POINT_WORD};
    if (!p->point_sets[0])
        return;
    uint8_t *flags = arena_alloc(p->arena, p->partition.count, 1);
    for (size_t i = 0; i < countof(values); i++) {
        uint64_t classes[4] = {0};
        const struct expression *e = p->point_sets[i];
        point_partition_classes(&p->partition, &e->sets[e->nodes[e->root].set], classes);
        for (uint32_t c = 0; c < p->partition.count; c++)
            flags[c] |= classes[c / 64] >> c % 64 & 1 ? values[i] : 0;
    }
    packing_set_table(p, RLX_TABLE_POINT_FLAGS, flags, p->partition.count, 1);
}

/* ---- steps ---- */

struct step_packing {
    struct packing *packing;
    struct text texts;
    struct rlx_tokenizer_step steps[RLX_MAX_STEPS];
    uint32_t count, scanner;
    bool spelled; /* the alphabet is bytes */
};

/* Puts a text into STEP_TEXTS. After a byte-level step the description spells bytes; false, and
 * nothing added, for a text that spells none. */
static bool add_text(struct step_packing *s, struct step_text text, uint32_t *offset,
                     uint32_t *bytes)
{
    struct symbol t = {text.text, text.bytes};
    if (s->spelled) {
        t = spelled_bytes(s->packing, t.text, t.bytes);
        if (t.text == text.text)
            return false;
    }
    *offset = s->texts.bytes;
    *bytes = t.bytes;
    text_add_bytes(&s->texts, t.text, t.bytes);
    return true;
}

static bool refuse(struct packing *p, const struct text_step *s, const char *what)
{
    return diag_error(p->diags, place_of(p, s), "expected a step that cuts text, found one that %s",
                      what);
}

/* Spelled text has no match that spells no bytes. */
static bool add_replace(struct step_packing *s, const struct text_step *step,
                        struct rlx_tokenizer_step *out)
{
    out->kind = RLX_STEP_REPLACE;
    if (!step->literal || !step->expression.bytes)
        return refuse(s->packing, step, "replaces matches of an expression");
    if (!add_text(s, step->expression, &out->match, &out->match_bytes))
        return true;
    if (!add_text(s, step->content, &out->content, &out->content_bytes))
        return refuse(s->packing, step, "adds characters that spell no bytes behind ByteLevel");
    s->count++;
    return true;
}

static bool add_prefix(struct step_packing *s, const struct text_step *step,
                       struct rlx_tokenizer_step *out)
{
    out->kind = RLX_STEP_PREFIX;
    out->flags = step->prefix == PREFIX_first_unless_present ? RLX_STEP_FIRST : 0u;
    if (!add_text(s, step->content, &out->content, &out->content_bytes))
        return refuse(s->packing, step, "adds characters that spell no bytes behind ByteLevel");
    s->count++;
    return true;
}

static const enum rlx_split_behavior behaviors[] = {
    [SPLIT_isolated] = RLX_SPLIT_ISOLATED,
    [SPLIT_removed] = RLX_SPLIT_REMOVED,
    [SPLIT_merged_with_previous] = RLX_SPLIT_MERGED_WITH_PREVIOUS,
    [SPLIT_merged_with_next] = RLX_SPLIT_MERGED_WITH_NEXT,
    [SPLIT_contiguous] = RLX_SPLIT_CONTIGUOUS,
};

static bool add_step(struct step_packing *s, const struct text_step *step)
{
    struct rlx_tokenizer_step *out = &s->steps[s->count];
    if (step->kind == STEP_byte_level) {
        s->spelled = true;
        return true;
    }
    if (s->count == RLX_MAX_STEPS)
        return diag_error(s->packing->diags, place_of(s->packing, step),
                          "expected at most %d steps", RLX_MAX_STEPS);
    *out = (struct rlx_tokenizer_step){.scanner = RLX_NO_SYMBOL};
    switch (step->kind) {
    case STEP_split:
        out->kind = RLX_STEP_SPLIT;
        out->flags = (step->invert ? RLX_STEP_INVERT : 0u) | (s->spelled ? RLX_STEP_SPELLED : 0u);
        out->behavior = behaviors[step->behavior];
        out->scanner = s->scanner++;
        s->count++;
        return true;
    case STEP_replace:
        return add_replace(s, step, out);
    case STEP_prefix:
        return add_prefix(s, step, out);
    default:
        return refuse(s->packing, step, "normalizes");
    }
}

static bool add_steps(struct packing *p)
{
    const struct pipeline *pipeline = &p->vocabulary->pipeline;
    struct step_packing *s = arena_new(p->arena, struct step_packing, 1);
    *s = (struct step_packing){.packing = p,
                               .texts = {.arena = p->arena},
                               .scanner = p->normals.expression_count,
                               .spelled = steps_have_bytes(&pipeline->normalizers)};
    for (uint32_t i = 0; i < pipeline->pre_tokenizers.count; i++)
        if (!add_step(s, &pipeline->pre_tokenizers.all[i]))
            return false;
    packing_set_table(p, RLX_TABLE_STEPS, s->steps, s->count, sizeof *s->steps);
    packing_set_table(p, RLX_TABLE_STEP_TEXTS, s->texts.data, s->texts.bytes, 1);
    return true;
}

/* ---- scanners ---- */

static bool add_scanners(struct packing *p, struct scanners *scanners)
{
    for (uint32_t i = 0; i < p->expression_count; i++) {
        uint32_t number;
        if (!scanners_add(scanners, p->expressions[i].expression, p->expressions[i].place, p->diags,
                          &number))
            return false;
        assert(number == i);
        if (i < p->normals.expression_count)
            normal_set_scanner(&p->normals, i, number);
    }
    packing_set_table(p, RLX_TABLE_CLASS_INDEX, scanners->class_index, RLX_SCAN_PAGES,
                      sizeof *scanners->class_index);
    packing_set_table(p, RLX_TABLE_CLASS_PAGES, scanners->class_pages,
                      (uint64_t)scanners->class_page_count * RLX_SCAN_PAGE, 1);
    packing_set_table(p, RLX_TABLE_SCANNERS, scanners->all, scanners->count, sizeof *scanners->all);
    packing_set_table(p, RLX_TABLE_TRANSITIONS, scanners->transitions, scanners->transition_count,
                      sizeof *scanners->transitions);
    return true;
}

static bool pack_scanners(struct packing *p)
{
    struct scanners scanners;
    p->partition = (struct point_partition){.arena = p->arena};
    if (!read_expressions(p) || !read_point_sets(p))
        return false;
    if (!p->expression_count && !p->point_sets[0])
        return true;
    if (!scanners_start(&scanners, p->partition, p->arena, p->place, p->diags))
        return false;
    p->partition = scanners.partition;
    pack_point_flags(p);
    if (!add_scanners(p, &scanners))
        return false;
    p->scanners = scanners_view(&scanners);
    return true;
}

/* The tables as the runtime sees them, to normalize the texts of added tokens. */
static void open_normalizer(struct packing *p)
{
    if (!normal_open(&p->normal, p->normals.block, p->normals.bytes, &p->scanners))
        unreachable("the tables of normalization do not hold together");
}

/* A byte-level step changes no bytes here, but everything after it would see other characters. */
static bool pack_normalizers(struct packing *p)
{
    struct text_steps steps = p->vocabulary->pipeline.normalizers;
    if (steps.count && steps.all[steps.count - 1].kind == STEP_byte_level)
        steps.count--;
    for (uint32_t i = 0; i < steps.count; i++)
        if (steps.all[i].kind == STEP_byte_level)
            return diag_error(p->diags, place_of(p, &steps.all[i]),
                              "expected ByteLevel as the last normalizer, found others after it");
    if (!pack_normal(&steps, p->place, p->arena, p->diags, &p->normals))
        return false;
    packing_set_table(p, RLX_TABLE_NORMAL, p->normals.block, p->normals.bytes, 1);
    return true;
}

bool pack_steps(struct packing *p)
{
    if (!pack_normalizers(p))
        return false;
    if (!pack_scanners(p) || !add_steps(p))
        return false;
    open_normalizer(p);
    return true;
}
