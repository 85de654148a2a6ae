/* `rlx logits`, and --logits of the commands that answer. In: ids. Out: their logits at every
 * position, as a safetensors file with one f32 tensor "logits" [T, vocabulary]. The format: the
 * length of a JSON header in 8 bytes, the header, the data (huggingface/safetensors, README,
 * "Format"). */
#include "runtime/base/atomic_file.h"
#include "runtime/base/program.h"
#include "runtime/tool/command.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char logits_help[] =
    " MODEL.rlx --tokens=5,17,3 -o OUT.safetensors [options]\n"
    "\n"
    "Writes the logits at every position.\n"
    "\n"
    "      --tokens=IDS      the token ids, separated by commas\n"
    "  -o, --output=FILE     a safetensors file: f32 \"logits\" [ids, vocabulary]\n"
    "                        (-: standard output)\n"
    "      --way=block       all ids at once, as a prompt runs (default)\n"
    "      --way=steps       one id at a time, with the KV cache\n"
    "      --way=naive       every prefix from its beginning, without the KV cache\n"
    "      --block=N         with --way=block: at most N ids per run, one number\n"
    "                        only (rlx bench --block=N,N measures several)\n"
    "  -t, --threads=N       threads (default: all processors)\n" COMMAND_DEVICE_HELP
    "  -c, --context=N       room for N tokens (default: as many as the model has)\n";

struct sink {
    struct atomic_file atomic_file;
    size_t row_bytes, rows;
    bool failed, not_numbers;
};

static rlx_go write_row(void *context, size_t position, const float *row)
{
    struct sink *s = context;

    (void)position;
    for (size_t i = 0; i < s->row_bytes / sizeof *row && !s->not_numbers; i++)
        s->not_numbers = isnan(row[i]);
    s->failed = fwrite(row, 1, s->row_bytes, s->atomic_file.file) != s->row_bytes;
    s->rows++;
    return s->failed ? RLX_GO_STOP : RLX_GO_ON;
}

static bool write_header(FILE *file, size_t rows, size_t vocabulary)
{
    char header[256];
    uint8_t length[8] = {0};
    int bytes =
        snprintf(header, sizeof header,
                 "{\"logits\":{\"dtype\":\"F32\",\"shape\":[%zu,%zu],\"data_offsets\":[0,%zu]}}",
                 rows, vocabulary, rows * vocabulary * sizeof(float));

    while (bytes % 8 != 0)
        header[bytes++] = ' ';
    length[0] = (uint8_t)bytes;
    length[1] = (uint8_t)(bytes >> 8);
    return fwrite(length, 1, 8, file) == 8 &&
           fwrite(header, 1, (size_t)bytes, file) == (size_t)bytes;
}

static rlx_status compute(rlx_session *session, const struct command_options *o, const int32_t *ids,
                          size_t count, struct sink *sink, rlx_error *error)
{
    if (o->way != WAY_NAIVE)
        return rlx_session_run_logits(session, ids, count, o->way == WAY_STEPS ? 1 : o->block,
                                      write_row, sink, error);
    for (size_t i = 1; i <= count; i++) {
        const float *row;
        rlx_status status = rlx_session_prefill_logits(session, ids, i, &row, error);
        if (status != RLX_OK)
            return status;
        if (write_row(sink, i - 1, row) != RLX_GO_ON)
            break;
    }
    return RLX_OK;
}

int command_write_logits(const struct command_options *o, rlx_model *model, rlx_session *session,
                         const int32_t *ids, size_t count)
{
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_error error;

    rlx_model_get_info(model, &info);
    program_remove_at_end();
    struct sink sink = {.row_bytes = info.vocabulary * sizeof(float)};
    int failure = atomic_file_open(&sink.atomic_file, o->output, ATOMIC_FILE_STREAMS);
    if (failure != 0)
        return command_cannot_write(o->output, failure);
    sink.failed = !write_header(sink.atomic_file.file, count, info.vocabulary);
    rlx_status status = sink.failed ? RLX_OK : compute(session, o, ids, count, &sink, &error);
    failure = sink.failed ? errno : 0;
    if (status != RLX_OK && failure == 0) {
        atomic_file_close(&sink.atomic_file, ECANCELED, 0, false);
        return command_failed(&error);
    }
    failure = atomic_file_close(&sink.atomic_file, failure, 0666, false);
    if (failure != 0)
        return command_cannot_write(o->output, failure);
    if (sink.not_numbers)
        fprintf(stderr, "%s: %s: some logits are NaN (rlxc eval names the layer)\n", program_name,
                o->output);
    return sink.not_numbers ? EXIT_USER : 0;
}

int command_logits(int argc, char **argv)
{
    struct command_options o;
    rlx_model *model;
    rlx_session *session;
    int32_t *ids;
    size_t count;

    if (!command_parse(&o, argc, argv, "model tokens output way block threads device context",
                       logits_help))
        return EXIT_USAGE;
    if (o.tokens == NULL || o.output == NULL)
        return command_usage(&o, "--tokens=IDS and -o FILE are needed");
    if (o.block != 0 && o.way != WAY_LONG_RUNS)
        return command_usage(&o, "--block is for --way=block, not for --way=%s",
                             o.way == WAY_STEPS ? "steps" : "naive");
    if (!command_parse_ids(&o, "--tokens", o.tokens, &ids, &count))
        return EXIT_USAGE;
    if (count == 0) {
        free(ids);
        return command_usage(&o, "--tokens: expected at least one id");
    }
    int code = command_open(&o, &model, &session);
    if (code == 0) {
        code = command_write_logits(&o, model, session, ids, count);
        rlx_session_close(session);
        rlx_model_close(model);
    }
    free(ids);
    return code;
}
