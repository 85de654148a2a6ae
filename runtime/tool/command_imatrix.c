/* `rlx imatrix`. In: a model that shows what its weights are multiplied with (rlxc build --observe),
 * and a text. Out: an importance matrix: for each weight and each column of it the sum of squares of
 * its inputs over all tokens of the text; for a mixture, of each expert over the rows that it has.
 */
#include "runtime/tool/command.h"
#include "runtime/tool/imatrix.h"
#include "runtime/tool/progress_line.h"
#include "runtime/tool/windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OBSERVE "observe" /* the entry, compiler/observe.h */

static const char imatrix_help[] =
    " MODEL.rlx -f FILE -o OUT.gguf [options]\n"
    "\n"
    "Measures which inputs of each weight matter: sums their squares over a text, for\n"
    "rlxc build --imatrix=OUT.gguf and for llama-quantize. MODEL.rlx was built with\n"
    "rlxc build --observe, with the weights as they are before they are quantized.\n"
    "The text is cut into windows of N tokens, all of which count.\n"
    "\n"
    "  -f, --file=FILE       the text (-: standard input)\n"
    "  -o, --output=FILE     a GGUF file of sums and counts (-: standard output)\n"
    "  -c, --context=N       tokens of a window (default: 512, or what the model has)\n"
    "      --chunks=N        the first N windows only (default: all)\n"
    "  -t, --threads=N       threads (default: all processors)\n" COMMAND_DEVICE_HELP;

struct observation {
    struct imatrix matrix;
    rlx_instance *instance;
    uint32_t run_rows; /* at most */
    const char *bad;   /* the output that is no numbers; NULL: none */
};

/* ---- what the entry has ---- */

/* "@0/8 blk.0.ffn_gate_exps.weight": the output "@0" says which of 8 experts a row is of. */
static bool read_name(struct imatrix_value *v, const char *name)
{
    *v = (struct imatrix_value){.output = name, .names = name, .experts = 1};
    if (name[0] != '@')
        return true;
    const size_t bytes = strcspn(name, "/");
    char *end;
    if (name[bytes] == 0 || bytes >= sizeof v->chosen)
        return false; /* such an output itself */
    memcpy(v->chosen, name, bytes);
    v->experts = (uint32_t)strtoul(name + bytes + 1, &end, 10);
    v->names = end + (*end == ' ');
    return v->experts != 0;
}

static void add_value(struct imatrix *m, const rlx_io_info *io)
{
    struct imatrix_value v;

    if (!read_name(&v, io->name))
        return;
    v.width = 1;
    for (uint32_t i = 1; i < io->rank; i++)
        v.width *= io->dimensions[i].size;
    v.sums = command_memory(calloc(v.experts * v.width, sizeof *v.sums));
    v.counts = command_memory(calloc(v.experts, sizeof *v.counts));
    m->values = command_memory(realloc(m->values, (m->count + 1) * sizeof *m->values));
    m->values[m->count++] = v;
}

/* False: the model has no such entry. */
static bool find_values(struct observation *o, const rlx_model *model)
{
    rlx_entry_info entry = rlx_entry_info_default();
    uint32_t at = 0;

    while (at < rlx_model_entry_count(model) &&
           rlx_model_get_entry(model, at, &entry, NULL) == RLX_OK &&
           strcmp(entry.name, OBSERVE) != 0)
        at++;
    if (at == rlx_model_entry_count(model))
        return false;
    for (uint32_t i = 0; i < entry.io_count; i++) {
        rlx_io_info io = rlx_io_info_default();
        if (rlx_model_get_io(model, OBSERVE, i, &io, NULL) == RLX_OK && io.is_output)
            add_value(&o->matrix, &io);
    }
    for (uint32_t i = 0; i < rlx_model_variant_count(model); i++) {
        rlx_variant_info v = rlx_variant_info_default();
        if (rlx_model_get_variant(model, i, &v, NULL) == RLX_OK && strcmp(v.entry, OBSERVE) == 0 &&
            v.last_rows > o->run_rows)
            o->run_rows = v.last_rows;
    }
    return o->run_rows != 0;
}

/* ---- sums ---- */

/* Adds the squares of a row; false if they are no numbers. */
static bool add_row(double *sums, const float *row, size_t width)
{
    double all = 0;

    for (size_t i = 0; i < width; i++) {
        const double square = (double)row[i] * (double)row[i];
        sums[i] += square;
        all += square;
    }
    return isfinite(all);
}

/* What the last run showed of a value. */
static rlx_status add_rows(struct observation *o, struct imatrix_value *v, rlx_error *error)
{
    rlx_output rows = rlx_output_default(), chosen = rlx_output_default();
    rlx_status status = rlx_instance_get_output(o->instance, OBSERVE, v->output, &rows, error);

    if (status == RLX_OK && v->chosen[0] != 0)
        status = rlx_instance_get_output(o->instance, OBSERVE, v->chosen, &chosen, error);
    if (status != RLX_OK)
        return status;
    /* A row of all experts of a token, or of one of them. */
    const size_t pairs = v->chosen[0] != 0 ? chosen.rows : rows.rows;
    const size_t pairs_of_row = rows.rows == 0 ? 1 : pairs / rows.rows;
    for (size_t i = 0; i < pairs; i++) {
        const float *row = rows.data + i / pairs_of_row * rows.stride;
        uint32_t expert = v->chosen[0] != 0 ? (uint32_t)(chosen.data[i * chosen.stride] + 0.5F) : 0;
        if (expert >= v->experts || !add_row(v->sums + expert * v->width, row, v->width))
            o->bad = v->names;
        else
            v->counts[expert]++;
    }
    return RLX_OK;
}

static rlx_status run_window(struct observation *o, const int32_t *ids, size_t length,
                             rlx_error *error)
{
    rlx_status status = RLX_OK;

    rlx_instance_reset(o->instance);
    for (size_t at = 0; at < length && status == RLX_OK && o->bad == NULL; at += o->run_rows) {
        const size_t count = length - at < o->run_rows ? length - at : o->run_rows;
        status = rlx_instance_set_input(o->instance, OBSERVE, "tokens", ids + at,
                                        count * sizeof *ids, error);
        if (status == RLX_OK)
            status = rlx_instance_run(o->instance, OBSERVE, error);
        for (size_t i = 0; i < o->matrix.count && status == RLX_OK; i++)
            status = add_rows(o, &o->matrix.values[i], error);
        if (status == RLX_OK)
            status = rlx_instance_commit(o->instance, error);
    }
    return status;
}

static int run(struct observation *o, const struct command_options *options, struct windows *w)
{
    struct progress_line progress;
    rlx_error error;
    rlx_status status = RLX_OK;

    progress_line_begin(&progress, options);
    for (size_t i = 0; i < w->count && status == RLX_OK && o->bad == NULL; i++) {
        char so_far[60];
        status = run_window(o, windows_ids(w, i), w->length, &error);
        snprintf(so_far, sizeof so_far, "%zu of %zu windows", i + 1, w->count);
        progress_line_show(&progress, "imatrix", i + 1, w->count, so_far);
    }
    progress_line_clear(&progress);
    if (status != RLX_OK)
        return command_failed(&error);
    if (o->bad != NULL) {
        fprintf(stderr, "%s: the inputs of %s are not numbers\n", program_name, o->bad);
        return EXIT_USER;
    }
    return 0;
}

/* ---- the command ---- */

/* Experts that no token of the text chose, of all mixtures. */
static void note_unseen(const struct imatrix *m)
{
    size_t unseen = 0, experts = 0;

    for (size_t i = 0; i < m->count; i++) {
        for (uint32_t e = 0; e < m->values[i].experts && m->values[i].experts > 1; e++) {
            experts++;
            unseen += m->values[i].counts[e] == 0;
        }
    }
    if (unseen != 0)
        fprintf(stderr,
                "%s: no token chose %zu of %zu stacked experts; a longer text may reach them\n",
                program_name, unseen, experts);
}

/* With an open model that has the entry. */
static int observe(struct observation *o, struct command_options *options, rlx_model *model)
{
    rlx_instance_options how = rlx_instance_options_default();
    struct windows w;
    rlx_error error;
    int code = windows_open(&w, options, model);

    if (code != 0)
        return code;
    how.threads = options->session.threads;
    how.device = options->session.device;
    if (rlx_instance_open(model, &how, &o->instance, &error) != RLX_OK)
        code = command_failed(&error);
    if (code == 0)
        code = run(o, options, &w);
    o->matrix.windows = w.count;
    o->matrix.window_tokens = (uint32_t)w.length;
    o->matrix.text = options->text_file;
    if (code == 0)
        code = imatrix_write(&o->matrix, options->output);
    if (code == 0 && !options->quiet)
        note_unseen(&o->matrix);
    rlx_instance_close(o->instance);
    windows_close(&w);
    return code;
}

static void free_values(struct imatrix *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->values[i].sums);
        free(m->values[i].counts);
    }
    free(m->values);
}

int command_imatrix(int argc, char **argv)
{
    struct command_options o;
    struct observation observation = {.run_rows = 0};
    rlx_model_info info = rlx_model_info_default();
    rlx_model *model;

    if (!command_parse(&o, argc, argv, "model file output context chunks threads device",
                       imatrix_help))
        return EXIT_USAGE;
    int code = windows_check_options(&o);
    if (code == 0 && o.output == NULL)
        code = command_usage(&o, "-o FILE is needed");
    if (code != 0 || (code = command_open(&o, &model, NULL)) != 0)
        return code;
    rlx_model_get_info(model, &info);
    code = windows_set_context(&o, info.context);
    if (code == 0 && !find_values(&observation, model)) {
        fprintf(stderr,
                "%s: %s does not show what its weights are multiplied with: build it with "
                "rlxc build --observe\n",
                program_name, o.model_path == NULL ? program_name : o.model_path);
        code = EXIT_USER;
    }
    if (code == 0)
        code = observe(&observation, &o, model);
    free_values(&observation.matrix);
    rlx_model_close(model);
    return code;
}
