/* Sessions: opening, the history and its cache. feed.c runs tokens, generate.c makes new ones,
 * session_state.c reads and writes the cache. */
#include "runtime/core/session.h"

#include "runtime/base/caller_struct.h"
#include "runtime/base/cpu.h"
#include "runtime/base/error.h"
#include "runtime/core/state.h"

#include <stdlib.h>
#include <string.h>

rlx_status session_check_ids(const rlx_session *s, const int32_t *ids, size_t count, size_t present,
                             rlx_error *error)
{
    uint32_t vocabulary = s->model->artifact.info->vocabulary;
    if (ids == NULL && count != 0)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "ids must not be NULL: count is %zu", count);
    if (count > s->context - present)
        return rlx_fail(error, RLX_ERROR_CONTEXT_FULL,
                        "%zu tokens do not fit: the context has room for %zu", present + count,
                        s->context);
    for (size_t i = 0; i < count; i++) {
        if (ids[i] < 0 || (uint32_t)ids[i] >= vocabulary)
            return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                            "token %zu: expected an id from 0 to %u, found %d", i, vocabulary - 1,
                            ids[i]);
    }
    return RLX_OK;
}

/* `o`: the caller's options; replaces defaults by their actual values. */
static rlx_status check_options(const rlx_model *model, rlx_session_options *o, rlx_error *error)
{
    if (model->level == NULL)
        return rlx_fail(error, RLX_ERROR_NO_VARIANT,
                        "the artifact holds a tokenizer only: there is nothing to run");
    if (model->main.logits_stride == 0)
        return rlx_fail(
            error, RLX_ERROR_NO_VARIANT,
            "the model has no entry \"main\" from tokens to logits, which sessions run");
    uint32_t max = model->artifact.info->context;
    if (o->threads > POOL_MAX_THREADS)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT, "%u threads: expected at most %d",
                        o->threads, POOL_MAX_THREADS);
    if (o->context > max)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "a context of %u tokens: the model was compiled for at most %u", o->context,
                        max);
    if (o->share_with != NULL && o->share_with->model != model)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "a session can only be opened beside one of the same model");
    o->context = o->context ? o->context : max;
    o->threads = o->threads ? o->threads : cpu_processors();
    struct choice c;
    if (!session_choose(model, 1, &c))
        return rlx_fail(error, RLX_ERROR_NO_VARIANT, "no compiled variant runs one sequence");
    return RLX_OK;
}

/* Kernels may read a vector or two after the last row. */
enum { STATE_SLACK = 256 };

static rlx_status share_device(rlx_session *s, const rlx_session_options *o, rlx_error *error)
{
    if (o->share_with != NULL) {
        s->device = o->share_with->device;
        s->device->users++;
        return RLX_OK;
    }
    s->device = calloc(1, sizeof *s->device);
    if (s->device == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a session");
    s->device->users = 1;
    return device_cpu_open(&s->device->cpu, s->model, o->threads, error);
}

static void leave_device(struct shared_device *device)
{
    if (device == NULL || --device->users != 0)
        return;
    device_cpu_close(&device->cpu);
    free(device);
}

static rlx_status open_parts(rlx_session *s, const rlx_session_options *o, rlx_error *error)
{
    const struct rlx_info *info = s->model->artifact.info;
    s->history = malloc(s->context * sizeof *s->history);
    if (s->history == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a history of %zu tokens",
                        s->context);
    s->state = memory_reserve(info->state_bytes + STATE_SLACK);
    if (s->state == NULL)
        return rlx_fail(
            error, RLX_ERROR_NO_MEMORY,
            "the system refuses %llu bytes of address space for the KV cache (ulimit -v?)",
            (unsigned long long)info->state_bytes);
    rlx_status status = sampler_open(&s->sampler, info->vocabulary, error);
    return status == RLX_OK ? share_device(s, o, error) : status;
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
    rlx_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return rlx_fail(error, RLX_ERROR_NO_MEMORY, "no memory for a session");
    model->users++;
    s->model = model;
    s->context = o.context;
    s->version = 1;
    status = open_parts(s, &o, error);
    if (status == RLX_OK)
        *out = s;
    else
        rlx_session_close(s);
    return status;
}

void rlx_session_close(rlx_session *session)
{
    if (session == NULL)
        return;
    leave_device(session->device);
    memory_release(session->state, session->model->artifact.info->state_bytes + STATE_SLACK);
    sampler_close(&session->sampler);
    lookup_release(&session->speculation.lookup);
    free(session->history);
    free(session->note);
    rlx_model_close(session->model); /* the session's reference */
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
    if (count != 0)
        memmove(session->history, ids, count * sizeof *ids);
    session->tokens = count;
    session->past = 0;
    session_changed(session);
    return RLX_OK;
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
    return session == NULL ? 0 : session->past;
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

/* Rows after the new end stay in memory and are rewritten before they are read. */
rlx_status rlx_session_truncate(rlx_session *session, size_t tokens, rlx_error *error)
{
    REFUSE_NULL(session);
    if (tokens > session->tokens)
        return rlx_fail(error, RLX_ERROR_BAD_ARGUMENT,
                        "cannot truncate to %zu tokens: the history has %zu", tokens,
                        session->tokens);
    session->tokens = tokens;
    if (session->past > tokens)
        session->past = tokens;
    session_changed(session);
    return RLX_OK;
}

void rlx_session_reset(rlx_session *session)
{
    if (session == NULL)
        return;
    session->tokens = 0;
    session->past = 0;
    session_changed(session);
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
