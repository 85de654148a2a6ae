/* What turns text into tokens and back. In: the model's vocabulary and chat template; out: the
 * sections TOKENIZER and TEMPLATE of an artifact, or an artifact that has nothing else.
 */
#include "compiler/unit.h"

#include "compiler/template/template.h"
#include "compiler/tokenizer/pack.h"

bool pack_vocabulary(struct unit *u)
{
    progress_phase(&u->progress, "tokenizer");
    u->tokenizer_checked = !u->options->no_check_tokenizer;
    return tokenizer_pack_cached(&u->model, u->build_cache, &u->tokenizer_checked, &u->arena,
                                 &u->tokenizer, &u->tokenizer_bytes, u->diags);
}

/* The template of the model, or the one that the user named. */
static bool find_template(struct unit *u, struct template_source *source)
{
    const char *path = u->options->chat_template;
    const struct model *m = &u->model;
    struct file f;

    if (path == NULL) {
        source->text = m->chat_template;
        source->bytes = m->chat_template_bytes;
        source->tool_text = m->tool_template;
        source->tool_bytes = m->tool_template_bytes;
        return true;
    }
    if (!file_map(path, &f, u->diags))
        return false;
    bool fits = f.bytes < UINT32_MAX;
    if (fits) {
        source->text = arena_text(&u->arena, (const char *)f.data, f.bytes);
        source->bytes = (uint32_t)f.bytes;
    }
    file_unmap(&f);
    return fits || diag_error(u->diags, (struct place){.file = path}, "expected less than 4 GiB");
}

/* A template that cannot be compiled is not an error, because the model can still continue text. It
 * is an error if the user named it. */
bool compile_chat_template(struct unit *u)
{
    struct template_variable variables[MODEL_MAX_SPECIAL_TOKENS];
    struct template_source source = {.variables = variables,
                                     .variable_count = u->model.special_token_count};
    struct template_refusal refusal;
    struct place at = {.file = u->options->chat_template, .object = "chat template"};

    progress_phase(&u->progress, "chat template");
    if (!find_template(u, &source))
        return false;
    if (source.text == NULL)
        return true;
    for (uint32_t i = 0; i < u->model.special_token_count; i++)
        variables[i] = (struct template_variable){u->model.special_tokens[i].name,
                                                  u->model.special_tokens[i].text};
    if (template_compile(&source, &u->arena, &u->template, &u->template_bytes, &refusal))
        return true;
    at.line = refusal.line;
    if (u->options->chat_template != NULL)
        return diag_error(u->diags, at, "%s", refusal.reason);
    at.file = u->options->input;
    diag_warning(u->diags, at, "cannot be compiled, so the model only continues text: %s",
                 refusal.reason);
    return true;
}

bool compile_tokenizer(const struct compile_options *options, struct diags *d)
{
    struct unit u;
    bool good = unit_open(&u, options, d) && unit_import(&u, true);

    if (good && u.model.vocabulary == NULL)
        good = diag_error(d, (struct place){.file = options->input},
                          "expected a vocabulary for --tokenizer-only, found none");
    good = good && pack_vocabulary(&u) && compile_chat_template(&u);
    if (good)
        print_reports(&u);
    return unit_close(&u, good && write_output(&u));
}
