/* The chat template of a Hugging Face directory. In: tokenizer_config.json, chat_template.json,
 * chat_template.jinja and additional_chat_templates/tool_use.jinja. Out: m->chat_template,
 * m->tool_template. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include <string.h>

bool vocabulary_load_optional(const char *directory, const char *name, json_t **root,
                              struct model *m, struct diags *d)
{
    const char *path = arena_printf(m->arena, "%s/%s", directory, name);
    *root = NULL;
    return !file_is_named(path) || (*root = json_read_file(path, d)) != NULL;
}

static void set_template(struct model *m, const char *text, size_t bytes)
{
    m->chat_template = arena_text(m->arena, text, bytes);
    m->chat_template_bytes = (uint32_t)bytes;
}

static void set_tool_template(struct model *m, const char *text, size_t bytes)
{
    m->tool_template = arena_text(m->arena, text, bytes);
    m->tool_template_bytes = (uint32_t)bytes;
}

/* A text, or a list of named texts of which "default" and "tool_use" count. */
static void template_from_config(struct model *m, const json_t *config)
{
    const json_t *text = json_object_get(config, "chat_template");
    size_t i;
    json_t *named;
    if (json_is_string(text))
        set_template(m, json_string_value(text), json_string_length(text));
    json_array_foreach(text, i, named)
    {
        const char *name = json_string_value(json_object_get(named, "name"));
        const json_t *template = json_object_get(named, "template");
        if (!name || !json_is_string(template))
            continue;
        if (strcmp(name, "default") == 0)
            set_template(m, json_string_value(template), json_string_length(template));
        else if (strcmp(name, "tool_use") == 0)
            set_tool_template(m, json_string_value(template), json_string_length(template));
    }
}

static bool template_from_file(struct model *m, const char *directory, const char *name,
                               void (*set)(struct model *, const char *, size_t), struct diags *d)
{
    const char *path = arena_printf(m->arena, "%s/%s", directory, name);
    struct file f;
    if (!file_is_named(path))
        return true;
    if (!file_map(path, &f, d))
        return false;
    bool fits = f.bytes < UINT32_MAX;
    if (fits)
        set(m, f.data ? (const char *)f.data : "", f.bytes);
    file_unmap(&f);
    return fits || diag_error(d, (struct place){.file = path}, "expected less than 4 GiB");
}

/* Later sources take precedence: the configuration, chat_template.json (written by processors of
 * images and sound), separate files. */
bool vocabulary_read_templates(struct model *m, const char *directory, const json_t *config,
                               struct diags *d)
{
    json_t *legacy;
    template_from_config(m, config);
    if (!vocabulary_load_optional(directory, "chat_template.json", &legacy, m, d))
        return false;
    template_from_config(m, legacy);
    json_decref(legacy);
    return template_from_file(m, directory, "chat_template.jinja", set_template, d) &&
           template_from_file(m, directory, "additional_chat_templates/tool_use.jinja",
                              set_tool_template, d);
}
