/* Importance matrices. Contract: imatrix.h.
 *
 * The file has for a tensor NAME two of f32: NAME.in_sum2 [matrices, columns], sums of squares, and
 * NAME.counts [matrices], how many squares each sum has; a matrix alone has one axis less. NAME is that
 * of GGUF files. Matrices that read the same input have the same sums, so that q, k and v, and gate
 * and up, serve each other, also where a file has them as one.
 *
 * Source: IMatrixCollector::save_imatrix in llama.cpp (tools/imatrix/imatrix.cpp). */
#include "compiler/import/imatrix.h"

#include "compiler/base/hash.h"
#include "compiler/import/gguf.h"
#include "compiler/import/import.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct reading {
    struct model file;  /* the tensors of the file, under the compiler's names */
    const float **made; /* by such a tensor: importance, once it was asked for */
    struct model *m;
    struct diags *d;
};

/* ---- the file ---- */

static bool is_imatrix(const struct gguf *g, struct diags *d)
{
    static const char type[] = "imatrix";
    const char *found = "";
    uint64_t bytes = 0;
    bool given = gguf_get_string(g, "general.type", &found, &bytes, d);

    return (given && bytes == strlen(type) && memcmp(found, type, bytes) == 0) ||
           diag_error(d, (struct place){.file = g->file->path, .object = "general.type"},
                      "expected an importance matrix (imatrix), found %s%.*s%s",
                      given ? "'" : "no such key", (int)min_u64(bytes, 60), found,
                      given ? "'" : "");
}

static bool open_file(const char *path, struct reading *r, struct imatrix_facts *out)
{
    struct model *f = &r->file;
    struct gguf *g = arena_new(f->arena, struct gguf, 1);
    uint32_t file = 0;

    if (!model_map_file(f, path, &file, r->d))
        return false;
    const struct file *bytes = &f->files[file];
    if (bytes->bytes < 4 || memcmp(bytes->data, "GGUF", 4) != 0)
        return diag_error(
            r->d, (struct place){.file = path},
            "expected an importance matrix in GGUF, found another file; if it is one in the "
            "older form (.dat), llama-imatrix --in-file makes GGUF of it");
    f->format = "GGUF";
    if (!gguf_open(g, f, file, r->d) || !is_imatrix(g, r->d) || !gguf_read_tensors(g, r->d) ||
        !model_check_tensors(f, r->d))
        return false;
    out->digest = XXH3_64bits(bytes->data, bytes->bytes);
    if (gguf_find(g, "imatrix.chunk_count") == NULL)
        return true;
    return gguf_get_u64(g, "imatrix.chunk_count", &out->chunks, r->d);
}

/* ---- values ---- */

static struct place place_of(const struct reading *r, const struct tensor *t)
{
    return (struct place){.file = r->file.path,
                          .object = str_text(r->file.strings, t->source_name)};
}

static float value_at(const struct reading *r, const struct tensor *t, uint64_t i)
{
    float value;

    memcpy(&value, model_data(&r->file, t) + i * sizeof value, sizeof value);
    return value;
}

static bool check_numbers(const struct reading *r, const struct tensor *t)
{
    const uint64_t count = t->bytes / sizeof(float);

    if (t->dtype != DTYPE_f32)
        return diag_error(r->d, place_of(r, t), "expected f32, found %s",
                          dtype_info[t->dtype].name);
    for (uint64_t i = 0; i < count; i++) {
        float value = value_at(r, t, i);
        if (!(value >= 0) || !isfinite(value))
            return diag_error(r->d, place_of(r, t),
                              "expected numbers that are not negative, found %g at %" PRIu64,
                              (double)value, i);
    }
    return true;
}

/* Importance of the columns of one matrix, whose mean becomes 1; all 1 where there are no data. */
static void make_importance(const struct reading *r, const struct tensor *sums, uint64_t row,
                            float count, float *to)
{
    const uint64_t columns = tensor_width(sums);
    double total = 0;

    for (uint64_t i = 0; i < columns; i++)
        total += (double)value_at(r, sums, row * columns + i);
    const double scale = total > 0 && count > 0 ? (double)columns / total : 0;
    for (uint64_t i = 0; i < columns; i++)
        to[i] = scale > 0 ? (float)((double)value_at(r, sums, row * columns + i) * scale) : 1.0f;
}

/* NULL: reported. */
static const float *importance_of(struct reading *r, const struct tensor *sums)
{
    const float **made = &r->made[sums - r->file.tensors];
    const char *name = str_text(r->file.strings, sums->name);
    const size_t stem = strlen(name) - strlen(".in_sum2");
    const struct tensor *counts = model_find_tensor(&r->file, "%.*s.counts", (int)stem, name);
    const uint64_t rows = tensor_rows(sums), columns = tensor_width(sums);

    if (*made != NULL)
        return *made;
    if (counts == NULL || counts->bytes != rows * sizeof(float)) {
        diag_error(r->d, place_of(r, sums),
                   "expected counts of %" PRIu64 " numbers besides, found %s", rows,
                   counts == NULL ? "none" : "another number");
        return NULL;
    }
    if (!check_numbers(r, sums) || !check_numbers(r, counts))
        return NULL;
    float *values = arena_alloc(r->m->arena, rows * columns * sizeof(float), sizeof(float));
    for (uint64_t row = 0; row < rows; row++)
        make_importance(r, sums, row, value_at(r, counts, row), values + row * columns);
    return *made = values;
}

/* ---- the model ---- */

/* Parts of a layer that read the same input. */
static const char *const same_input[][5] = {
    {"self_attn.q_proj.", "self_attn.k_proj.", "self_attn.v_proj.", "self_attn.qkv_proj."},
    {"mlp.gate_proj.", "mlp.up_proj.", "mlp.gate_up_proj."},
    {"mlp.shared_expert.gate_proj.", "mlp.shared_expert.up_proj."},
    {"mlp.experts.gate_proj.", "mlp.experts.up_proj.", "mlp.experts.gate_up_proj."},
};

/* The sums for a tensor, or for one that reads the same input; NULL: there are none. */
static const struct tensor *find_sums(const struct reading *r, const char *name)
{
    const struct tensor *found = model_find_tensor(&r->file, "%s.in_sum2", name);

    for (size_t i = 0; i < countof(same_input) && found == NULL; i++)
        for (size_t k = 0; same_input[i][k] != NULL; k++) {
            const char *part = strstr(name, same_input[i][k]);
            if (part == NULL)
                continue;
            const char *rest = part + strlen(same_input[i][k]);
            for (size_t other = 0; same_input[i][other] != NULL && found == NULL; other++)
                found = model_find_tensor(&r->file, "%.*s%s%s.in_sum2", (int)(part - name), name,
                                          same_input[i][other], rest);
            break;
        }
    return found;
}

/* Whether there are data of any matrix: those without are 1 everywhere. */
static bool has_data(const float *values, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        if (values[i] != 1)
            return true;
    return false;
}

/* The same by the columns of a tensor that has them in another order. */
static const float *in_order(const struct reading *r, const struct tensor *t, const float *values,
                             uint64_t matrices)
{
    const uint8_t *order = model_data(r->m, model_tensor(r->m, t->order));
    const uint64_t columns = tensor_width(t);
    float *sorted = arena_new(r->m->arena, float, matrices *columns);
    int32_t column;

    for (uint64_t i = 0; i < matrices * columns; i++) {
        memcpy(&column, order + i % columns * sizeof column, sizeof column);
        sorted[i] = values[i - i % columns + (uint64_t)column];
    }
    return sorted;
}

static bool set_importance(struct reading *r, struct tensor *t, struct imatrix_facts *out)
{
    const struct tensor *sums = find_sums(r, str_text(r->m->strings, t->name));
    const uint64_t matrices = t->rank == 3 ? t->shape[0] : 1;

    if (sums == NULL)
        return true;
    if (tensor_width(sums) != tensor_width(t) ||
        (tensor_rows(sums) != 1 && tensor_rows(sums) != matrices))
        return diag_error(r->d, place_of(r, sums),
                          "expected %" PRIu64 " columns of %" PRIu64
                          " matrices, as the model has them, found %" PRIu64 " of %" PRIu64,
                          tensor_width(t), matrices, tensor_width(sums), tensor_rows(sums));
    const float *values = importance_of(r, sums);
    if (values == NULL || !has_data(values, tensor_rows(sums) * tensor_width(sums)))
        return values != NULL;
    t->importance = t->order != 0 ? in_order(r, t, values, tensor_rows(sums)) : values;
    t->importance_matrices = tensor_rows(sums);
    out->known++;
    return true;
}

bool imatrix_read(const char *path, struct model *m, struct imatrix_facts *out, struct diags *d)
{
    struct reading r = {
        .file = {.arena = m->arena, .strings = m->strings, .path = path, .kind = m->kind},
        .m = m,
        .d = d};

    *out = (struct imatrix_facts){0};
    bool good = open_file(path, &r, out);
    r.made = arena_new(m->arena, const float *, r.file.tensor_count + 1);
    for (uint32_t i = 0; i < m->tensor_count && good; i++)
        if (m->tensors[i].rank == 2 || m->tensors[i].rank == 3)
            good = set_importance(&r, &m->tensors[i], out);
    if (good && out->known == 0)
        good = diag_error(d, (struct place){.file = path},
                          "expected data of the model's tensors, found none of them; is it that of "
                          "another model?");
    model_close(&r.file);
    return good;
}
