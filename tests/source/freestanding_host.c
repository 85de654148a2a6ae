/* A program around model.o: `host COUNT LOGITS ID...` prints COUNT tokens that follow the given
 * ones, then compares the logits of these with the f32 rows at the end of the file LOGITS: token by
 * token, and in pieces. Fails beyond 2e-5 of the largest logit. */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int32_t given[512], made[512];
static float expected[MODEL_VOCABULARY];

/* The largest difference of a row, in shares of its largest logit. */
static float compare(FILE *file, long from_end, const float *logits)
{
    float difference = 0, largest = 0;
    if (fseek(file, from_end * (long)sizeof expected, SEEK_END) != 0 ||
        fread(expected, sizeof expected, 1, file) != 1)
        exit(3);
    for (int i = 0; i < MODEL_VOCABULARY; i++) {
        largest = fmaxf(largest, fabsf(expected[i]));
        if (!(fabsf(logits[i] - expected[i]) <= difference))
            difference = fabsf(logits[i] - expected[i]);
    }
    return difference / largest;
}

static void compare_pieces(FILE *file, size_t count, size_t piece)
{
    const float *logits;
    model_reset();
    for (size_t done = 0, rows; done < count;) {
        rows = count - done < piece ? count - done : piece;
        if (model_feed(given + done, rows, &logits) != 0)
            exit(4);
        done += rows;
        const float difference = compare(file, (long)done - (long)count - 1, logits);
        if (!(difference <= 2e-5F)) {
            fprintf(stderr, "token %zu, in pieces of %zu: %g\n", done, piece, (double)difference);
            exit(5);
        }
    }
}

int main(int argc, char **argv)
{
    size_t count = 0;
    FILE *file = argc > 3 ? fopen(argv[2], "rb") : NULL;
    for (int i = 3; i < argc && count < 512; i++)
        given[count++] = (int32_t)atol(argv[i]);
    const int n =
        file == NULL ? -9 : model_generate(given, count, made, (size_t)atoi(argv[1]), NULL);
    for (int i = 0; i < n; i++)
        printf("%d%c", (int)made[i], i + 1 < n ? ',' : '\n');
    if (n < 0)
        return 2;
    for (size_t piece = 1; piece < 100; piece = piece * 4 + 1)
        compare_pieces(file, count, piece);
    return 0;
}
