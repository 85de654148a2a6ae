/* Runs a fuzz entry without libFuzzer: every file of the corpus folders named on the command line,
 * then seeded mutations of them. The same inputs each time, so that a failure repeats.
 * RLX_FUZZ_RUNS sets the number of mutations (default 2000).
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

enum { MAX_FILES = 512, MAX_BYTES = 1 << 20 };

static struct {
    uint8_t *data;
    size_t bytes;
} seeds[MAX_FILES];
static size_t seed_count;
static uint64_t random_state = 0x9e3779b97f4a7c15;

/* xorshift64* (Vigna 2016). */
static uint64_t random_number(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}

static void read_seed(const char *folder, const char *name)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || seed_count == MAX_FILES)
        return;
    uint8_t *data = malloc(MAX_BYTES);
    if (data == NULL)
        abort();
    seeds[seed_count].bytes = fread(data, 1, MAX_BYTES, file);
    seeds[seed_count++].data = data;
    fclose(file);
}

static void read_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            read_seed(folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* An exactly sized copy, so that a sanitizer sees the first byte after it. */
static void run(const uint8_t *data, size_t bytes)
{
    uint8_t *copy = malloc(bytes == 0 ? 1 : bytes);

    if (copy == NULL)
        abort();
    memcpy(copy, data, bytes);
    LLVMFuzzerTestOneInput(copy, bytes);
    free(copy);
}

static size_t mutate(uint8_t *data, size_t bytes)
{
    static const uint8_t interesting[] = {0,   1,   0x7f, 0x80, 0xff, '{',
                                          '"', '[', ']',  '}',  '0',  '-'};

    for (uint64_t n = 1 + random_number() % 4; n != 0 && bytes != 0; n--) {
        size_t at = random_number() % bytes;
        switch (random_number() % 5) {
        case 0:
            data[at] ^= (uint8_t)(1u << random_number() % 8);
            break;
        case 1:
            data[at] = interesting[random_number() % sizeof interesting];
            break;
        case 2:
            bytes = at;
            break;
        case 3:
            memset(data + at, interesting[random_number() % 5], bytes - at < 8 ? bytes - at : 8);
            break;
        default: {
            size_t from = random_number() % bytes, max = bytes - (at > from ? at : from);
            memmove(data + at, data + from, random_number() % (max + 1));
        }
        }
    }
    return bytes;
}

int main(int argc, char **argv)
{
    const char *wanted = getenv("RLX_FUZZ_RUNS");
    long runs = wanted == NULL ? 2000 : strtol(wanted, NULL, 10);

    for (int i = 1; i < argc; i++)
        read_folder(argv[i]);
    if (seed_count == 0) {
        fprintf(stderr, "no corpus in %s\n", argc > 1 ? argv[1] : "(no folder named)");
        return 1;
    }
    uint8_t *work = malloc(MAX_BYTES);
    if (work == NULL)
        abort();
    for (size_t i = 0; i < seed_count; i++)
        run(seeds[i].data, seeds[i].bytes);
    for (long i = 0; i < runs; i++) {
        size_t pick = random_number() % seed_count;
        memcpy(work, seeds[pick].data, seeds[pick].bytes);
        run(work, mutate(work, seeds[pick].bytes));
    }
    printf("%zu seeds, %ld mutations\n", seed_count, runs);
    free(work);
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].data);
    return 0;
}
