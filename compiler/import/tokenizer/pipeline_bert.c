/* BertNormalizer, StripAccents and Nmt as steps of a pipeline, and the properties of code points
 * that normalizers have: see pipeline_steps.h. In: flags. Out: steps.
 */
#include "compiler/import/tokenizer/pipeline_steps.h"

#include "compiler/base/point_range.h"
#include "compiler/import/tokenizer/text_steps.h"

/* From the Unicode Character Database, DerivedAge.txt. Ranges go across characters that no
 * normalizer changes. */
bool unicode_newer_than(uint32_t point, int version)
{
    static const struct point_range version_9[] = {
        {0x8d4, 0x8e2},     {0x1dfb, 0x1dfb},   {0xa8c5, 0xa8c5},
        {0x1123e, 0x1123e}, {0x11435, 0x11446}, {0x11c2f, 0x11cb6},
        {0x1e000, 0x1e02a}, {0x1e944, 0x1e94a}, {0x1f23b, 0x1f23b},
    };
    static const struct point_range later[] = {
        {0x7fd, 0x7fd},     {0x890, 0x89f},     {0x8ca, 0x8d3},     {0x9fe, 0x9fe},
        {0xafa, 0xaff},     {0xb55, 0xb55},     {0xc04, 0xc04},     {0xc3c, 0xc3c},
        {0xcf3, 0xd00},     {0xd3b, 0xd3c},     {0xd81, 0xd81},     {0xeba, 0xeba},
        {0xece, 0xece},     {0x1715, 0x1715},   {0x180f, 0x180f},   {0x1abf, 0x1ace},
        {0x1cf7, 0x1cf7},   {0x1df6, 0x1dfa},   {0x32ff, 0x32ff},   {0xa7f2, 0xa7f4},
        {0xa82c, 0xa82c},   {0xa8ff, 0xa8ff},   {0xab69, 0xab69},   {0x10781, 0x107ba},
        {0x10d24, 0x10d27}, {0x10eab, 0x10f85}, {0x11070, 0x11074}, {0x110c2, 0x110cd},
        {0x11145, 0x11146}, {0x111ce, 0x111cf}, {0x11241, 0x11241}, {0x1133b, 0x1133b},
        {0x1145e, 0x1145e}, {0x1182c, 0x1183a}, {0x11930, 0x11a99}, {0x11d31, 0x11f42},
        {0x13430, 0x13455}, {0x16f4f, 0x16f4f}, {0x16f7f, 0x16f87}, {0x16fe4, 0x16ff1},
        {0x1cf00, 0x1cf46}, {0x1e030, 0x1e4ef}, {0x1f16c, 0x1f16c}, {0x1fbf0, 0x1fbf9},
    };
    return point_in_ranges(later, countof(later), point) ||
           (version < 9 && point_in_ranges(version_9, countof(version_9), point));
}

bool unicode_is_ideograph(uint32_t point)
{
    static const struct point_range ideographs[] = {
        {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xf900, 0xfaff},   {0x20000, 0x2a6df},
        {0x2a700, 0x2b81f}, {0x2b920, 0x2ceaf}, {0x2f800, 0x2fa1f},
    };
    return point_in_ranges(ideographs, countof(ideographs), point);
}

bool unicode_is_white_space(uint32_t point)
{
    static const struct point_range spaces[] = {
        {9, 13},          {' ', ' '},       {0x85, 0x85},     {0xa0, 0xa0},     {0x1680, 0x1680},
        {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
    };
    return point_in_ranges(spaces, countof(spaces), point);
}

/* ---- steps ---- */

static void remove_set(struct vocabulary *v, struct arena *a, const char *object,
                       enum frozen_set set)
{
    step_add_replace(&v->pipeline.normalizers, a, object,
                     arena_printf(a, "[%s]", step_class(a, set)), "");
}

void pipeline_add_bert_normalizer(struct vocabulary *v, struct arena *a, const char *object,
                                  bool clean, bool ideographs, bool strip_accents, bool lowercase)
{
    struct text_steps *steps = &v->pipeline.normalizers;

    if (clean) {
        remove_set(v, a, object, FROZEN_unclean);
        step_add_replace(steps, a, object, "\\s", " ");
    }
    if (ideographs)
        step_add(steps, a, STEP_isolate_ideographs, object);
    if (strip_accents) {
        step_add(steps, a, STEP_form, object)->form = FORM_nfd;
        remove_set(v, a, object, FROZEN_nonspacing);
    }
    if (lowercase)
        step_add(steps, a, STEP_lowercase, object);
}

void pipeline_add_strip_accents(struct vocabulary *v, struct arena *a, const char *object)
{
    remove_set(v, a, object, FROZEN_combining);
}

void pipeline_add_nmt(struct vocabulary *v, struct arena *a, const char *object)
{
    struct text_steps *steps = &v->pipeline.normalizers;

    step_add_replace(steps, a, object, "[\\x{1}-\\x{8}\\x{B}\\x{E}-\\x{1F}\\x{7F}\\x{8F}\\x{9F}]",
                     "");
    step_add_replace(
        steps, a, object,
        "[\\x{9}\\x{A}\\x{C}\\x{D}\\x{1680}\\x{200B}-\\x{200F}\\x{2028}\\x{2029}\\x{2581}"
        "\\x{FEFF}\\x{FFFD}]",
        " ");
}
