/* Models whose matrices have several formats. In: a fixture whose tensors get other types and
 * random blocks. Reference: the same values in f32, which the golden vectors of blocks
 * (test_quant.c) and of models verify. Also files from llama-quantize with a width that is not a
 * multiple of 256. Reference: logits of another implementation. */
#include "compiler/import/quant.h"
#include "tests/support/compiled.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { TENSORS_MAX = 64, ALIGNMENT = 32, COUNT = 40 };
static const char fixture[] = "golden/gguf/qwen3-kquants.gguf";

struct entry { /* of the tensor directory */
    char name[64];
    uint64_t elements, columns;
    uint64_t type_at; /* in the file; the offset follows */
    uint32_t rank;
};

struct image {
    uint8_t *data;
    uint64_t bytes, room, tensor_data;
    struct entry entries[TENSORS_MAX];
    uint32_t count;
};

static uint64_t number(const struct image *i, uint64_t *at, uint32_t bytes)
{
    uint64_t value = 0;

    assert_true(*at + bytes <= i->bytes);
    memcpy(&value, i->data + *at, bytes);
    *at += bytes;
    return value;
}

/* Types 8 and 9 of a GGUF value are text and array; sizes of the others. */
static void skip_value(const struct image *i, uint64_t *at, uint32_t type)
{
    static const uint8_t size[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    assert_true(type < countof(size));
    if (type == 9) {
        uint32_t element = (uint32_t)number(i, at, 4);
        for (uint64_t n = number(i, at, 8); n > 0; n--)
            skip_value(i, at, element);
    } else {
        *at += type == 8 ? number(i, at, 8) : size[type];
    }
}

static bool image_open(struct image *i)
{
    FILE *file = fopen(test_shared(fixture), "rb");
    uint64_t at = 8, values;

    *i = (struct image){.room = 64 << 20};
    if (file == NULL)
        return false;
    i->data = malloc(i->room);
    assert_non_null(i->data);
    i->bytes = fread(i->data, 1, i->room, file);
    fclose(file);
    i->count = (uint32_t)number(i, &at, 8);
    assert_true(i->count <= TENSORS_MAX);
    for (values = number(i, &at, 8); values > 0; values--) {
        at += number(i, &at, 8);
        skip_value(i, &at, (uint32_t)number(i, &at, 4));
    }
    for (uint32_t t = 0; t < i->count; t++) {
        struct entry *e = &i->entries[t];
        uint64_t length = number(i, &at, 8);
        assert_true(length < sizeof e->name);
        memcpy(e->name, i->data + at, length);
        at += length;
        e->rank = (uint32_t)number(i, &at, 4);
        e->elements = 1;
        for (uint32_t d = 0; d < e->rank; d++) {
            uint64_t size = number(i, &at, 8);
            e->columns = d == 0 ? size : e->columns;
            e->elements *= size;
        }
        e->type_at = at;
        at += 12;
    }
    i->tensor_data = round_up(at, ALIGNMENT);
    return true;
}

/* Gives a tensor other bytes, at the end of the file. */
static void replace(struct image *i, const struct entry *e, enum dtype dtype, const void *data)
{
    uint64_t bytes = e->elements / dtype_info[dtype].block * dtype_info[dtype].bytes;
    uint64_t place = i->tensor_data + round_up(i->bytes - i->tensor_data, ALIGNMENT);
    uint64_t offset = place - i->tensor_data;
    uint32_t type = (uint32_t)dtype_info[dtype].gguf;

    assert_true(place + bytes <= i->room);
    memset(i->data + i->bytes, 0, place - i->bytes);
    memcpy(i->data + place, data, bytes);
    memcpy(i->data + e->type_at, &type, 4);
    memcpy(i->data + e->type_at + 4, &offset, 8);
    i->bytes = place + bytes;
}

static uint32_t seed = 7;

static uint8_t random_byte(void)
{
    seed = seed * 1664525 + 1013904223;
    return (uint8_t)(seed >> 23);
}

static void put_half(uint8_t *to, uint16_t bits)
{
    memcpy(to, &bits, 2);
}

/* Where a block has a scale of 16 bits, and bits that make its values about as large as those of a
 * trained matrix; a random byte is added. Minimums cancel the mean of the integers. */
static const struct scale_place {
    enum dtype dtype;
    uint32_t at;
    uint16_t bits;
} scale_places[] = {
    {DTYPE_q4_k, 0, 0x0c00},   {DTYPE_q4_k, 2, 0x1800},    {DTYPE_q5_k, 0, 0x0800},
    {DTYPE_q5_k, 2, 0x1800},   {DTYPE_q6_k, 208, 0x0400},  {DTYPE_q5_0, 0, 0x1c00},
    {DTYPE_q5_1, 0, 0x1c00},   {DTYPE_q5_1, 2, 0xabc0},    {DTYPE_q2_k, 80, 0x1400},
    {DTYPE_q2_k, 82, 0x1600},  {DTYPE_q3_k, 108, 0x0c00},  {DTYPE_iq4_xs, 0, 0x0100},
    {DTYPE_iq1_s, 0, 0x1c00},  {DTYPE_iq2_xxs, 0, 0x0c00}, {DTYPE_iq2_xs, 0, 0x0c00},
    {DTYPE_iq2_s, 0, 0x0c00},  {DTYPE_iq3_xxs, 0, 0x0800}, {DTYPE_iq3_s, 0, 0x0800},
    {DTYPE_tq1_0, 52, 0x2800}, {DTYPE_tq2_0, 64, 0x2800},
};

static void put_scales(enum dtype dtype, uint8_t *block)
{
    for (size_t i = 0; i < countof(scale_places); i++)
        if (scale_places[i].dtype == dtype)
            put_half(block + scale_places[i].at, scale_places[i].bits | random_byte());
    for (uint32_t i = 0; dtype == DTYPE_nvfp4 && i < 4; i++)
        block[i] = 4 | (random_byte() & 3); /* a subnormal */
    if (dtype == DTYPE_iq1_m) {             /* 0x1c.., four bits in each word */
        block[53] = (block[53] & 15) | 0xc0;
        block[55] = (block[55] & 15) | 0x10;
    }
}

static uint8_t *random_blocks(const struct entry *e, enum dtype dtype)
{
    const struct dtype_info *info = &dtype_info[dtype];
    uint64_t blocks = e->elements / info->block;
    uint8_t *data = malloc(blocks * info->bytes);

    assert_non_null(data);
    for (uint64_t b = 0; b < blocks * info->bytes; b++)
        data[b] = random_byte();
    for (uint64_t b = 0; b < blocks; b++)
        put_scales(dtype, data + b * info->bytes);
    return data;
}

/* Two files of equal values: `mixed`, and `plain` in f32. Embedding; q, k, v, o, gate, up and down
 * of two layers; head. */
static const enum dtype mixtures[][16] = {
    {DTYPE_q5_1, DTYPE_q5_0, DTYPE_q5_0, DTYPE_q6_k, DTYPE_q4_k, DTYPE_q5_0, DTYPE_q5_0, DTYPE_q6_k,
     DTYPE_q4_k, DTYPE_q6_k, DTYPE_q5_k, DTYPE_q5_1, DTYPE_q5_k, DTYPE_q6_k, DTYPE_q4_k,
     DTYPE_q5_0},
    {DTYPE_iq3_s, DTYPE_iq2_xxs, DTYPE_iq2_xs, DTYPE_iq2_s, DTYPE_iq1_m, DTYPE_iq3_xxs,
     DTYPE_iq3_xxs, DTYPE_q2_k, DTYPE_tq2_0, DTYPE_tq1_0, DTYPE_q3_k, DTYPE_nvfp4, DTYPE_iq1_s,
     DTYPE_iq1_m, DTYPE_iq4_xs, DTYPE_tq1_0},
};

static void write_models(const enum dtype types[16], char *mixed_path, char *plain_path)
{
    struct image mixed, plain;
    uint32_t turn = 0;

    if (!image_open(&mixed) || !image_open(&plain)) {
        print_message("skipped: %s is absent (RLX_SHARED)\n", test_shared(fixture));
        skip();
    }
    for (uint32_t t = 0; t < mixed.count; t++) {
        const struct entry *e = &mixed.entries[t];
        if (e->rank != 2)
            continue;
        assert_int_equal(e->columns % 256, 0);
        assert_true(turn < countof(mixtures[0]));
        enum dtype dtype = types[turn++];
        uint8_t *blocks = random_blocks(e, dtype);
        float *values = malloc(e->elements * sizeof *values);
        assert_non_null(values);
        quant_decode(dtype, blocks, e->elements, values);
        replace(&mixed, e, dtype, blocks);
        replace(&plain, e, DTYPE_f32, values);
        free(values);
        free(blocks);
    }
    assert_int_equal(turn, countof(mixtures[0]));
    snprintf(mixed_path, 1024, "%s",
             temporary_write(&test_folder, "mixed.gguf", mixed.data, mixed.bytes));
    snprintf(plain_path, 1024, "%s",
             temporary_write(&test_folder, "plain.gguf", plain.data, plain.bytes));
    free(mixed.data);
    free(plain.data);
}

static float *logits_of(const char *path, const char *options, enum way way, size_t *vocabulary,
                        bool *lacking)
{
    int32_t ids[COUNT];
    rlx_model *model = compiled_open(path, options, lacking);
    if (*lacking)
        return NULL;
    assert_non_null(model);
    rlx_session *session = compiled_session(model, 2);
    assert_non_null(session);
    rlx_model_info info = {.struct_bytes = sizeof info};
    rlx_model_get_info(model, &info);
    *vocabulary = info.vocabulary;
    for (uint32_t i = 0; i < COUNT; i++)
        ids[i] = (int32_t)((i * 37 + 11) % *vocabulary);
    float *found = compiled_logits(session, *vocabulary, ids, COUNT, way);
    assert_non_null(found);
    rlx_session_close(session);
    rlx_model_close(model);
    return found;
}

static const char *const levels[] = {"x86-64-v3", "x86-64-v4-vnni-bf16"};

/* With f32 activations the chains are those of the f32 model, so bits are equal; with integers the
 * error is that of rounding activations alone. */
static void check_mixture(const enum dtype types[16])
{
    char mixed[1024], plain[1024], options[256];
    size_t vocabulary = 0;

    write_models(types, mixed, plain);
    for (uint32_t l = 0; l < countof(levels); l++) {
        bool lacking = false;
        snprintf(options, sizeof options, "--level=%s --variants=decode=1,prefill=64 --exact",
                 levels[l]);
        float *expected = logits_of(plain, options, WAY_LONG_RUNS, &vocabulary, &lacking);
        if (lacking)
            continue;
        float *exact = logits_of(mixed, options, WAY_LONG_RUNS, &vocabulary, &lacking);
        expect_equal_bits(options, exact, expected, COUNT, vocabulary);
        options[strlen(options) - strlen(" --exact")] = 0;
        float *steps = logits_of(mixed, options, WAY_STEPS, &vocabulary, &lacking);
        float *block = logits_of(mixed, options, WAY_LONG_RUNS, &vocabulary, &lacking);
        struct error wide = error_of(expected, steps, COUNT, vocabulary);
        struct error narrow = error_of(expected, block, COUNT, vocabulary);
        print_message("%s: 16 bits rel %.1e kl %.1e, 8 bits rel %.1e kl %.1e\n", levels[l],
                      error_rel(&wide), error_kl(&wide), error_rel(&narrow), error_kl(&narrow));
        assert_true(
            error_within(&wide, (struct budget){.rel = 2e-3, .kl = 1e-6}, "%s, by steps", options));
        assert_true(error_within(&narrow, (struct budget){.rel = 8e-2, .kl = 5e-3}, "%s, by block",
                                 options));
        free(expected);
        free(exact);
        free(steps);
        free(block);
    }
}

static void test_against_f32(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(mixtures); i++)
        check_mixture(mixtures[i]);
}

/* One file on one level, by blocks of 16 and steps: with f32 activations within the reference's own
 * rounding, else within that of activations. False where this machine lacks the level. */
static bool check_fallback(const char *name, const char *level)
{
    static const struct {
        const char *numbers;
        struct budget budget;
    } cases[] = {{"--exact", {.rel = 2e-5, .kl = 1e-9}},
                 {"--kv=f32", {.rel = 2e-3, .kl = 1e-6}},
                 {"--activations=i8", {.rel = 8e-2, .kl = 5e-3}}};
    char below[128], path[1024], options[128];
    struct safetensors_reader expected;
    bool lacking = false;

    snprintf(below, sizeof below, "bug_inputs/kquant-fallback-types/%s.expected.safetensors", name);
    assert_true(safetensors_read(&expected, test_shared(below)));
    struct test_tensor tokens = safetensors_get(&expected, "tokens"),
                       logits = safetensors_get(&expected, "logits");
    snprintf(below, sizeof below, "bug_inputs/kquant-fallback-types/%s.gguf", name);
    snprintf(path, sizeof path, "%s", test_shared(below));
    for (uint32_t c = 0; c < countof(cases) && !lacking; c++) {
        snprintf(options, sizeof options, "--level=%s --variants=decode=1,blocks=16 %s", level,
                 cases[c].numbers);
        rlx_model *model = compiled_open(path, options, &lacking);
        if (lacking)
            break;
        assert_non_null(model);
        rlx_session *session = compiled_session(model, 2);
        for (enum way way = WAY_SIXTEEN; way <= WAY_STEPS; way++) {
            float *found = compiled_logits(session, logits.shape[1], tokens.i32, tokens.count, way);
            assert_non_null(found);
            struct error e = error_of(logits.f32, found, tokens.count, logits.shape[1]);
            assert_true(
                error_within(&e, cases[c].budget, "%s, %s by %s", name, options, way_name[way]));
            free(found);
        }
        rlx_session_close(session);
        rlx_model_close(model);
    }
    safetensors_close(&expected);
    return !lacking;
}

/* q5_0 for q4_k, q5_1 for q5_k, q8_0 for q6_k where 256 does not divide a row. */
static void test_fallback_types(void **state)
{
    static const char *const names[] = {"Q4_K_M", "Q4_K_S", "Q5_K_M", "Q6_K"};

    (void)state;
    if (access(test_shared("bug_inputs/kquant-fallback-types"), R_OK) != 0) {
        print_message("skipped: %s is absent\n", test_shared("bug_inputs/kquant-fallback-types"));
        skip();
    }
    for (uint32_t l = 0; l < countof(levels); l++)
        for (uint32_t i = 0; i < countof(names) && check_fallback(names[i], levels[l]); i++)
            ;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_f32),
        cmocka_unit_test(test_fallback_types),
    };

    return cmocka_run_group_tests(tests, temporary_set_up, temporary_tear_down);
}
