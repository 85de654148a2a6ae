/* Answers questions about an open model: what it is, its variants, and whether its bytes are those
 * that the compiler wrote. */
#include "runtime/core/model.h"

#include "runtime/text/chat.h"
#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"

/* By rlx_phase. */
static const char *const phase_names[] = {"prefill", "decode", "encoder", "inference"};

rlx_status rlx_model_get_info(const rlx_model *model, rlx_model_info *info)
{
    if (model == NULL || info == NULL)
        return RLX_ERROR_BAD_ARGUMENT;
    const struct artifact *a = &model->artifact;
    const struct rlx_info *i = a->info;
    rlx_model_info filled = {
        .name = artifact_string(a, i->name),
        .architecture = artifact_string(a, i->architecture),
        .source = artifact_string(a, i->source),
        .compiler = artifact_string(a, i->compiler),
        .numerics = artifact_string(a, i->numerics),
        .level = model->level ? artifact_string(a, model->level->name) : "",
        .manifest = model->manifest,
        .vocabulary = i->vocabulary,
        .hidden = i->hidden,
        .layers = i->layers,
        .heads = i->heads,
        .kv_heads = i->kv_heads,
        .head_dim = i->head_dim,
        .context = i->context,
        .parameters = i->parameters,
        .file_bytes = model->file_bytes,
        .weight_bytes = a->weights.bytes,
        .code_bytes = model->code_bytes,
        .decode_bytes = i->decode_bytes,
        .state_bytes = i->state_bytes + i->carried_bytes,
        .has_tokenizer = model->tokenizer.header != NULL,
        .has_template = chat_has_template(&model->template),
        .weights = a->weights.data,
        .kv_type = model_element_name(i->kv_element),
        .template_refused = model->template.header != NULL && !chat_has_template(&model->template),
    };
    return caller_struct_write(&caller_model_info, &filled, info, NULL);
}

uint32_t rlx_model_variant_count(const rlx_model *model)
{
    return model != NULL && model->level != NULL ? model->level->variant_count : 0;
}

rlx_status rlx_model_get_variant(const rlx_model *model, uint32_t index, rlx_variant_info *info,
                                 rlx_error *error)
{
    REFUSE_NULL(model);
    REFUSE_NULL(info);
    uint32_t count = rlx_model_variant_count(model);
    if (index >= count)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "variant %u: the model has %u", index,
                        count);
    const struct rlx_variant_entry *v = model_variant(model, index);
    const struct rlx_entry *entry = table_at(&model->artifact.entries, v->entry);
    rlx_variant_info filled = {
        .name = artifact_string(&model->artifact, v->name),
        .key = v->key,
        .entry = artifact_string(&model->artifact, entry->name),
        .phase = phase_names[v->phase],
        .batch = v->batch,
        .first_rows = v->first_rows,
        .last_rows = v->last_rows,
        .steps = v->step_count,
        .scratch_bytes = v->home_bytes[RLX_HOME_SCRATCH],
        .thread_bytes = v->home_bytes[RLX_HOME_THREAD],
    };
    return caller_struct_write(&caller_variant_info, &filled, info, error);
}

/* Checks each tensor, so that the message can name the damaged one, then the whole section with its
 * padding. */
rlx_status rlx_model_verify(const rlx_model *model, rlx_error *error)
{
    REFUSE_NULL(model);
    const struct artifact *a = &model->artifact;
    rlx_status status = artifact_check_digest(model->name, a, error);
    for (uint32_t i = 0; i < a->levels.count && status == RLX_OK; i++)
        status = artifact_check_level(model->name, a, i, error);
    return status == RLX_OK ? artifact_check_bulk(model->name, a, error) : status;
}
