/* Compares what another program made of a model's matrices with what the encoders here make of them: for
 * each type the squared error, relative to the squares of all values, and the ratio of both; weighted, if
 * there is an importance matrix. Also the matrix that is worst here.
 *
 *     perf_quantize ORIGINAL.gguf QUANTIZED.gguf [IMATRIX.gguf]
 *
 * QUANTIZED comes from llama-quantize with the same matrix. */
#include "compiler/import/imatrix.h"
#include "compiler/import/quant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct totals {
    double theirs, ours, squares, worst;
    const char *worst_name;
    uint32_t matrices;
};

struct rows {
    float *original, *decoded;
    uint8_t *blocks, *room;
};

static void *room_for(uint64_t bytes)
{
    void *memory = malloc(bytes);

    if (memory == NULL)
        out_of_memory(bytes);
    return memory;
}

static double error_of(const float *a, const float *b, const float *weights, uint64_t count)
{
    double sum = 0;

    for (uint64_t i = 0; i < count; i++) {
        double e = (double)a[i] - (b == NULL ? 0 : (double)b[i]);
        sum += e * e * (weights == NULL ? 1 : (double)weights[i]);
    }
    return sum;
}

/* One matrix of both files. */
static void compare(const struct model *from, const struct tensor *t, const struct model *to,
                    const struct tensor *quantized, struct totals *all)
{
    const uint64_t columns = tensor_width(t), rows = tensor_rows(t);
    struct rows r = {room_for(columns * sizeof(float)), room_for(columns * sizeof(float)),
                     room_for(columns * sizeof(float)), room_for(columns * sizeof(float))};
    double theirs = 0, ours = 0;

    for (uint64_t row = 0; row < rows; row++) {
        const float *weights =
            t->importance == NULL ? NULL
                                  : t->importance + row / (rows / t->importance_matrices) * columns;
        quant_decode(t->dtype, model_row(from, t, row, r.room), columns, r.original);
        quant_decode(quantized->dtype, model_row(to, quantized, row, r.room), columns, r.decoded);
        theirs += error_of(r.original, r.decoded, weights, columns);
        all->squares += error_of(r.original, NULL, weights, columns);
        if (!quant_encode_weighted(quantized->dtype, r.original, weights, columns, r.blocks))
            abort();
        quant_decode(quantized->dtype, r.blocks, columns, r.decoded);
        ours += error_of(r.original, r.decoded, weights, columns);
    }
    all->matrices++;
    all->theirs += theirs;
    all->ours += ours;
    if (theirs > 0 && ours / theirs > all->worst) {
        all->worst = ours / theirs;
        all->worst_name = str_text(from->strings, t->source_name);
    }
    free(r.original);
    free(r.decoded);
    free(r.blocks);
    free(r.room);
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct strings strings;
    struct diags d = {.arena = &arena};
    struct model from = {.arena = &arena, .strings = &strings}, to = from;
    struct totals totals[DTYPE_COUNT] = {{0}};
    struct imatrix_facts facts;

    if (argc < 3 || argc > 4)
        return fprintf(stderr, "usage: perf_quantize ORIGINAL QUANTIZED [IMATRIX]\n"), 2;
    strings_init(&strings, &arena);
    if (!import_weights(argv[1], &from, &d) || !import_weights(argv[2], &to, &d) ||
        (argc == 4 && !imatrix_read(argv[3], &from, &facts, &d)))
        return diags_print(&d, stderr), 1;
    for (uint32_t i = 0; i < from.tensor_count; i++) {
        const struct tensor *t = &from.tensors[i], *quantized = model_tensor(&to, t->name);
        if (quantized != NULL && quantized->dtype != t->dtype && t->rank >= 2 &&
            tensor_width(quantized) == tensor_width(t) && quant_has_encoder(quantized->dtype))
            compare(&from, t, &to, quantized, &totals[quantized->dtype]);
    }
    printf(
        "| type | matrices | theirs | ours | ours / theirs | worst matrix |\n|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < DTYPE_COUNT; i++)
        if (totals[i].matrices != 0)
            printf("| %s | %u | %.4g | %.4g | %.3f | %.3f %s |\n", dtype_info[i].name,
                   totals[i].matrices, totals[i].theirs / totals[i].squares,
                   totals[i].ours / totals[i].squares, totals[i].ours / totals[i].theirs,
                   totals[i].worst, totals[i].worst_name == NULL ? "" : totals[i].worst_name);
    model_close(&from);
    model_close(&to);
    arena_free(&arena);
    return 0;
}
