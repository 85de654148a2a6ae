/* How fast text becomes tokens, and tokens become text. In: an artifact (its tokenizer is enough:
 * rlxc build --tokenizer-only), a text file, and how often. Out: two lines per pass with its
 * processor time in seconds and MB/s: of tokenizing, with a hash of the ids, and of passing these
 * to rlx_detokenize one by one; with --ids, the ids instead, for comparing.
 *
 * Control tokens in the text are recognized, as Hugging Face always does.
 *
 *     perf_tokenize MODEL.rlx TEXT [PASSES | --ids]
 */
#include <rlx/rlx.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double thread_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static char *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    *bytes = 0;
    for (size_t got = 1; file != NULL && got != 0; *bytes += got) {
        char *grown = realloc(text, *bytes + (1 << 20));
        if (grown == NULL)
            break;
        text = grown;
        got = fread(text + *bytes, 1, 1 << 20, file);
    }
    if (file != NULL)
        fclose(file);
    return text;
}

/* FNV-1a, 64 bits. */
static unsigned long long hash_ids(const int32_t *ids, size_t count)
{
    unsigned long long hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ (uint32_t)ids[i]) * 0x100000001b3;
    return hash;
}

static bool detokenize(const rlx_model *model, const int32_t *ids, size_t count)
{
    static char text[RLX_DETOKENIZE_MAX];
    rlx_detokenizer state = {0};
    rlx_error error;
    size_t bytes, all = 0;
    double start = thread_seconds();
    for (size_t i = 0; i < count; i++, all += bytes)
        if (rlx_detokenize(model, &state, ids[i], text, sizeof text, &bytes, &error) != RLX_OK) {
            fprintf(stderr, "%s\n", error.text);
            return false;
        }
    double seconds = thread_seconds() - start;
    printf("back: %.4f s, %.1f MB/s\n", seconds, (double)all * 1e-6 / seconds);
    return true;
}

int main(int argc, char **argv)
{
    rlx_model *model;
    rlx_error error;
    size_t bytes, count = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: perf_tokenize MODEL.rlx TEXT [PASSES | --ids]\n");
        return 2;
    }
    bool print = argc > 3 && strcmp(argv[3], "--ids") == 0;
    int passes = argc > 3 && !print ? atoi(argv[3]) : 1;
    char *text = read_file(argv[2], &bytes);
    int32_t *ids = malloc((bytes + 8) * sizeof *ids);
    if (text == NULL || ids == NULL) {
        fprintf(stderr, "%s cannot be read\n", argv[2]);
        return 1;
    }
    if (rlx_model_open(argv[1], &model, &error) != RLX_OK) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    for (int pass = 0; pass < passes; pass++) {
        double start = thread_seconds();
        if (rlx_tokenize(model, text, bytes, RLX_TOKENIZE_PARSE_SPECIAL, ids, bytes + 8, &count,
                         &error) != RLX_OK) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
        double seconds = thread_seconds() - start;
        if (!print)
            printf("%.4f s, %.1f MB/s, %zu ids, hash %016llx\n", seconds,
                   (double)bytes * 1e-6 / seconds, count, hash_ids(ids, count));
        if (!print && !detokenize(model, ids, count))
            return 1;
    }
    for (size_t i = 0; print && i < count; i++)
        printf("%d\n", (int)ids[i]);
    rlx_model_close(model);
    free(ids);
    free(text);
    return 0;
}
