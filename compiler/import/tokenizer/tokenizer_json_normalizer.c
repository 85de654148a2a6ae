/* The normalizers of a tokenizer.json. In: the member "normalizer". Out: steps. What each one does
 * is that of the tokenizers library, version 0.23.3. */
#include "compiler/import/tokenizer/tokenizer_json.h"

#include "compiler/base/base64.h"
#include "compiler/import/tokenizer/pipeline_steps.h"

#include <string.h>

static struct text_step *add(struct tokenizer_reading *r, enum text_step_kind kind, const char *at)
{
    return step_add(&r->vocabulary->pipeline.normalizers, r->arena, kind, at);
}

static bool read_form(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    static const char *const names[] = {
        [FORM_nfc] = "NFC", [FORM_nfd] = "NFD", [FORM_nfkc] = "NFKC", [FORM_nfkd] = "NFKD"};
    const char *type = json_string_value(json_object_get(n, "type"));
    size_t form = 0;

    while (strcmp(names[form], type) != 0)
        form++;
    add(r, STEP_form, at)->form = (enum normal_form)form;
    return true;
}

static bool read_lowercase(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    (void)n;
    add(r, STEP_lowercase, at);
    return true;
}

static bool read_strip(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    bool left, right;

    if (!json_flag(r, at, n, "strip_left", -1, &left) ||
        !json_flag(r, at, n, "strip_right", -1, &right))
        return false;
    struct text_step *step = add(r, STEP_strip, at);
    step->left = left;
    step->right = right;
    return true;
}

static bool read_strip_accents(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    (void)n;
    pipeline_add_strip_accents(r->vocabulary, r->arena, at);
    return true;
}

static bool read_bert(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    bool clean, ideographs, lowercase, accents;

    if (!json_flag(r, at, n, "clean_text", -1, &clean) ||
        !json_flag(r, at, n, "handle_chinese_chars", -1, &ideographs) ||
        !json_flag(r, at, n, "lowercase", -1, &lowercase) ||
        !json_flag(r, at, n, "strip_accents", lowercase, &accents))
        return false;
    pipeline_add_bert_normalizer(r->vocabulary, r->arena, at, clean, ideographs, accents,
                                 lowercase);
    return true;
}

static bool read_replace(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    struct step_text expression, content;
    bool literal;

    if (!json_pattern(r, at, n, &expression, &literal) || !json_text(r, at, n, "content", &content))
        return false;
    struct text_step *step = add(r, STEP_replace, at);
    step->expression = expression;
    step->literal = literal;
    step->content = content;
    return true;
}

static bool read_prepend(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    struct step_text content;

    if (!json_text(r, at, n, "prepend", &content))
        return false;
    if (content.bytes > 0)
        add(r, STEP_prepend, at)->content = content;
    return true;
}

static bool read_precompiled(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    const json_t *map = json_object_get(n, "precompiled_charsmap");
    size_t bytes = json_string_length(map), decoded;
    uint8_t *data = arena_alloc(r->arena, bytes / 4 * 3 + 3, 1);

    if (!json_is_string(map) || bytes == 0 ||
        !base64_decode(json_string_value(map), bytes, data, &decoded))
        return json_refuse(r, at, "precompiled_charsmap", "base64", map);
    struct text_step *step = add(r, STEP_charsmap, at);
    step->content = (struct step_text){(const char *)data, (uint32_t)decoded};
    step->by_graphemes = true;
    return true;
}

static bool read_nmt(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    (void)n;
    pipeline_add_nmt(r->vocabulary, r->arena, at);
    return true;
}

static bool read_byte_level(struct tokenizer_reading *r, const char *at, const json_t *n)
{
    if (steps_have_bytes(&r->vocabulary->pipeline.normalizers))
        return json_refuse(r, at, "type", "one ByteLevel", json_object_get(n, "type"));
    add(r, STEP_byte_level, at);
    return true;
}

bool tokenizer_json_normalizer(struct tokenizer_reading *r, const json_t *root)
{
    static const struct component kinds[] = {
        {"NFC", "", read_form},
        {"NFD", "", read_form},
        {"NFKC", "", read_form},
        {"NFKD", "", read_form},
        {"Lowercase", "", read_lowercase},
        {"Strip", "strip_left strip_right", read_strip},
        {"StripAccents", "", read_strip_accents},
        {"BertNormalizer", "clean_text handle_chinese_chars strip_accents lowercase", read_bert},
        {"Replace", "pattern content", read_replace},
        {"Prepend", "prepend", read_prepend},
        {"Precompiled", "precompiled_charsmap", read_precompiled},
        {"Nmt", "", read_nmt},
        {"ByteLevel", "", read_byte_level},
    };

    return component_read(r, "normalizer", json_object_get(root, "normalizer"), kinds,
                          countof(kinds), "normalizers");
}
