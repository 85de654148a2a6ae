/* Sessions: opening, forking, the history. feed.c runs tokens, generate.c makes new ones,
 * session_state.c reads and writes states. */
#include "runtime/core/session.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/error.h"
#include "runtime/core/expert_memory.h"
#include "runtime/core/state.h"

#include <stdlib.h>
#include <string.h>

rlx_status session_check_ids(const rlx_session *s, const int32_t *ids, size_t count, size_t present,
                             rlx_error *error)
{
    const uint32_t limit = s->main.token_limit;
    if (ids == NULL && count != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "ids must not be NULL: count is %zu", count);
    if (count > s->context - present)
        return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                        "%zu tokens do not fit: the context has room for %zu", present + count,
                        s->context);
    for (size_t i = 0; i < count; i++) {
        if (ids[i] < 0 || (uint32_t)ids[i] >= limit)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "token %zu: expected an id from 0 to %u, found %d", i, limit - 1,
                            ids[i]);
    }
    return RLX_OK;
}

/* Positions of a model that has no limit of its own: none of its states and tables has rows. */
enum { CONTEXT_DEFAULT = 1 << 16, CONTEXT_LIMIT = 1 << 30 };

/* `o`: the caller's options; replaces defaults by their actual values. */
static rlx_status check_options(const rlx_model *model, rlx_session_options *o, rlx_error *error)
{
    if (model->level == NULL)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "the artifact holds a tokenizer only: there is nothing to run");
    const uint32_t own = model->artifact.info->context, max = own != 0 ? own : CONTEXT_LIMIT;
    if (o->context > max)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "a context of %u tokens: the model was compiled for at most %u", o->context,
                        max);
    if (o->context == 0)
        o->context = own != 0 ? own : CONTEXT_DEFAULT;
    return RLX_OK;
}

/* The entry that takes tokens and makes logits. */
static rlx_status find_main(rlx_session *s, rlx_error *error)
{
    const rlx_model *m = s->instance.model;
    struct main_entry *main = &s->main;
    struct choice c;
    main->entry = artifact_find_entry(&m->artifact, RLX_MAIN_ENTRY);
    const struct rlx_variant_entry *v =
        main->entry == RLX_NO_SLOT ? NULL : s->instance.entries[main->entry].variant;
    if (v == NULL)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "the model has no entry '" RLX_MAIN_ENTRY
                        "': it runs on instances (rlx_instance_open)");
    main->tokens = run_find_role(m, v, RLX_ROLE_TOKENS);
    main->positions = run_find_role(m, v, RLX_ROLE_POSITIONS);
    main->out_rows = run_find_role(m, v, RLX_ROLE_OUT_ROWS);
    main->logits = run_find_role(m, v, RLX_ROLE_LOGITS);
    for (uint32_t i = 0; i < v->io_count; i++) {
        const struct rlx_io *io = run_io(m, v, i);
        main->has_data |= io->direction == RLX_INPUT && io->role == RLX_ROLE_DATA;
    }
    if (main->tokens == RLX_NO_SLOT || main->logits == RLX_NO_SLOT || main->out_rows == RLX_NO_SLOT)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "entry '" RLX_MAIN_ENTRY "' has no %s: it runs on instances "
                        "(rlx_instance_open)",
                        main->tokens == RLX_NO_SLOT ? "input of tokens" : "output of logits");
    main->token_limit = m->artifact.info->vocabulary;
    const uint32_t rows =
        run_io(m, v, main->tokens)->limit; /* of the table that they select from */
    if (rows != 0 && rows < main->token_limit)
        main->token_limit = rows;
    if (!session_choose(s, 1, &c))
        return rlx_fail(error, RLX_ERROR_NO_VARIANT, "no compiled variant runs one sequence");
    return RLX_OK;
}

static uint64_t row_copies_bytes(const rlx_session *s)
{
    return ((uint64_t)s->instance.sequence.slots + 1) * s->sampler.vocabulary * sizeof(float);
}

static rlx_status open_parts(rlx_session *s, rlx_error *error)
{
    const struct rlx_info *info = s->instance.model->artifact.info;
    rlx_status status = find_main(s, error);
    if (status != RLX_OK)
        return status;
    s->history = malloc(s->context * sizeof *s->history);
    if (s->history == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a history of %zu tokens",
                        s->context);
    status = sampler_open(&s->sampler, info->vocabulary, error);
    if (status != RLX_OK)
        return status;
    s->kept_copy = memory_reserve(row_copies_bytes(s));
    if (s->kept_copy == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for logits of %u tokens",
                        info->vocabulary);
    return RLX_OK;
}

static rlx_status open_session(rlx_model *model, const struct instance_options *options,
                               size_t context, rlx_session **out, rlx_error *error)
{
    rlx_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a session");
    s->context = context;
    s->version = 1;
    rlx_status status = instance_begin(&s->instance, model, options, error);
    s->instance.session = s;
    if (status == RLX_OK)
        status = open_parts(s, error);
    if (status == RLX_OK)
        *out = s;
    else
        rlx_session_close(s);
    return status;
}

rlx_status rlx_session_open(rlx_model *model, const rlx_session_options *options, rlx_session **out,
                            rlx_error *error)
{
    rlx_session_options o = rlx_session_options_default();
    REFUSE_NULL(out);
    *out = NULL;
    REFUSE_NULL(model);
    rlx_status status = caller_struct_read(&caller_session_options, options, &o, error);
    if (status == RLX_OK)
        status = check_options(model, &o, error);
    if (status != RLX_OK)
        return status;
    const struct instance_options parts = {
        .device = o.device,
        .threads = o.threads,
        .checkpoints = o.checkpoints,
        .share_with = o.share_with == NULL ? NULL : &o.share_with->instance};
    return open_session(model, &parts, o.context, out, error);
}

rlx_instance *rlx_session_instance(rlx_session *session)
{
    return session == NULL ? NULL : &session->instance;
}

const char *rlx_session_device(const rlx_session *session)
{
    return session == NULL ? NULL : session->instance.device->name;
}

const char *rlx_session_level(const rlx_session *session)
{
    const struct device *d = session == NULL ? NULL : session->instance.device;
    return d == NULL ? NULL : artifact_string(&d->model->artifact, d->level->name);
}

const char *rlx_session_passed_over(const rlx_session *session)
{
    const rlx_error *why = session == NULL ? NULL : &session->instance.device->passed_over;
    return why == NULL || why->status == RLX_OK ? NULL : why->text;
}

void rlx_session_close(rlx_session *session)
{
    if (session == NULL)
        return;
    memory_release(session->kept_copy, row_copies_bytes(session));
    sampler_close(&session->sampler);
    lookup_release(&session->speculation.lookup);
    free(session->history);
    free(session->note);
    instance_leave(&session->instance);
    free(session);
}

void rlx_session_set_sampling(rlx_session *session, const rlx_sampling *sampling)
{
    if (session != NULL)
        session->refused.status = sampler_use(&session->sampler, sampling, &session->refused);
}

rlx_status rlx_session_use_sampling(rlx_session *session, const rlx_sampling *sampling,
                                    rlx_error *error)
{
    REFUSE_NULL(session);
    rlx_status status = sampler_use(&session->sampler, sampling, error);
    if (status == RLX_OK)
        session->refused.status = RLX_OK;
    return status;
}

rlx_status rlx_session_get_sampling(const rlx_session *session, rlx_sampling *sampling)
{
    if (session == NULL || sampling == NULL)
        return RLX_ERROR_BAD_ARGUMENT;
    return caller_struct_write(&caller_sampling, &session->sampler.settings, sampling, NULL);
}

void rlx_session_set_stop(rlx_session *session, rlx_stop_fn stop, void *context)
{
    if (session != NULL)
        session->stop = (struct device_stop){stop, context};
}

rlx_status rlx_session_prefill(rlx_session *session, const int32_t *ids, size_t count,
                               rlx_error *error)
{
    REFUSE_NULL(session);
    rlx_status status = session_check_ids(session, ids, count, 0, error);
    if (status != RLX_OK)
        return status;
    rlx_session_reset(session);
    if (count == 0)
        return RLX_OK;
    float *row;
    memmove(session->history, ids, count * sizeof *ids);
    session->tokens = count;
    return session_last_row(session, &row, error);
}

rlx_status rlx_session_append(rlx_session *session, const int32_t *ids, size_t count,
                              rlx_error *error)
{
    REFUSE_NULL(session);
    rlx_status status = session_check_ids(session, ids, count, session->tokens, error);
    if (status != RLX_OK)
        return status;
    if (count != 0)
        memmove(session->history + session->tokens, ids, count * sizeof *ids);
    session->tokens += count;
    session_changed(session);
    return RLX_OK;
}

size_t rlx_session_tokens(const rlx_session *session)
{
    return session == NULL ? 0 : session->tokens;
}

size_t rlx_session_past(const rlx_session *session)
{
    return session == NULL ? 0 : session_past(session);
}

size_t rlx_session_context(const rlx_session *session)
{
    return session == NULL ? 0 : session->context;
}

uint64_t rlx_session_version(const rlx_session *session)
{
    return session == NULL ? 0 : session->version;
}

const int32_t *rlx_session_history(const rlx_session *session)
{
    return session == NULL ? NULL : session->history;
}

rlx_status rlx_session_truncate(rlx_session *session, size_t count, rlx_error *error)
{
    REFUSE_NULL(session);
    if (count > session->tokens)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "cannot truncate to %zu tokens: the history has %zu", count,
                        session->tokens);
    session->tokens = count;
    session_clip_kept(session, count);
    sequence_truncate(&session->instance.sequence, count);
    session_changed(session);
    return RLX_OK;
}

void rlx_session_reset(rlx_session *session)
{
    if (session == NULL)
        return;
    session->tokens = 0;
    session->kept.rows = NULL;
    sequence_reset(&session->instance.sequence);
    session_changed(session);
}

void session_cross_changed(rlx_session *s)
{
    if ((s->instance.entries[s->main.entry].reads >> RLX_CLASS_CROSS & 1) != 0) {
        s->kept.rows = NULL;
        sequence_truncate(&s->instance.sequence, 0);
    }
    session_changed(s);
}

rlx_status rlx_session_checkpoint(rlx_session *session, rlx_error *error)
{
    float *row;
    REFUSE_NULL(session);
    rlx_status status = RLX_OK;
    if (session->tokens != session_past(session))
        status = session_last_row(session, &row, error);
    if (status == RLX_OK)
        session_checkpoint(session);
    return status;
}

rlx_status rlx_session_use_expert_memory(rlx_session *session, uint64_t bytes, rlx_error *error)
{
    REFUSE_NULL(session);
    const struct rlx_info *i = session->instance.model->artifact.info;
    const double share = i->context == 0 ? 1 : (double)session->context / i->context;
    const uint64_t states = i->carried_bytes + (uint64_t)(share * (double)i->state_bytes);
    return device_use_expert_memory(session->instance.device, bytes, states, error);
}

rlx_status rlx_session_get_expert_counts(const rlx_session *session, rlx_expert_counts *counts)
{
    rlx_expert_counts found = rlx_expert_counts_default();
    if (session == NULL || counts == NULL)
        return RLX_ERROR_BAD_ARGUMENT;
    if (session->instance.device->experts != NULL)
        expert_memory_counts(session->instance.device->experts, &found);
    return caller_struct_write(&caller_expert_counts, &found, counts, NULL);
}

rlx_status rlx_model_get_experts(const rlx_model *model, uint64_t bytes, rlx_expert_counts *counts,
                                 rlx_error *error)
{
    REFUSE_NULL(model);
    REFUSE_NULL(counts);
    rlx_expert_counts found = rlx_expert_counts_default();
    struct expert_memory *experts = NULL;
    if (model->level != NULL) {
        const struct rlx_info *i = model->artifact.info;
        const uint64_t all = RLX_EXPERT_MEMORY_AUTO - 1;
        const rlx_status status =
            expert_memory_open(model, model->level, bytes == 0 ? all : bytes,
                               i->state_bytes + i->carried_bytes, &experts, error);
        if (status != RLX_OK)
            return status;
    }
    if (experts != NULL)
        expert_memory_counts(experts, &found);
    else if (bytes != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, EXPERT_MEMORY_NO_MIXTURES, model->name);
    expert_memory_close(experts);
    return caller_struct_write(&caller_expert_counts, &found, counts, error);
}

rlx_status rlx_session_get_timings(const rlx_session *session, rlx_timings *timings)
{
    if (session == NULL || timings == NULL)
        return RLX_ERROR_BAD_ARGUMENT;
    return caller_struct_write(&caller_timings, &session->timings, timings, NULL);
}

/* ---- notes ---- */

bool session_copy_note(const void *from, size_t bytes, uint8_t **note)
{
    *note = bytes == 0 ? NULL : malloc(bytes);
    if (*note != NULL)
        memcpy(*note, from, bytes);
    return bytes == 0 || *note != NULL;
}

rlx_status rlx_session_set_note(rlx_session *session, const void *note, size_t bytes,
                                rlx_error *error)
{
    uint8_t *copy;
    REFUSE_NULL(session);
    REFUSE_NULL_OF(note, bytes);
    if (!session_copy_note(note, bytes, &copy))
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a note of %zu bytes", bytes);
    free(session->note);
    session->note = copy;
    session->note_bytes = bytes;
    return RLX_OK;
}

const void *rlx_session_note(const rlx_session *session, size_t *bytes)
{
    if (bytes != NULL)
        *bytes = session == NULL ? 0 : session->note_bytes;
    return session == NULL ? NULL : session->note;
}
