/* Variants and buckets: binding, keys, names, ladders, the padded interchange form. Expected values
 * are by hand; the reference library computed the hashes, over bytes assembled by hand. */
#include "compiler/lir/variant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <xxhash.h>

#include <cmocka.h>

static void bound(struct variant v, int64_t batch, int64_t seq, int64_t rows, int64_t past)
{
    int64_t symbols[SYMBOL_MAX];

    variant_bind(&v, symbols);
    assert_int_equal(symbols[SYMBOL_BATCH], batch);
    assert_int_equal(symbols[SYMBOL_SEQ], seq);
    assert_int_equal(symbols[SYMBOL_ROWS], rows);
    assert_int_equal(symbols[SYMBOL_PAST_SEQ], past);
}

static void binding(void **state)
{
    int64_t symbols[SYMBOL_MAX];
    struct variant v;

    (void)state;
    bound(variant_prefill(2, 128), 2, 128, 256, -1);
    bound(variant_encoder(3, 10), 3, 30, 30, -1); /* any of them may have all rows */
    bound(variant_decode(1, 64, 1), 1, 1, 1, 64);
    bound(variant_decode(2, 64, 5), 2, 5, 10, 64);
    bound((struct variant){.phase = PHASE_decode, .batch = 1, .seq = 4}, 1, 4, 4, -1);
    bound(
        (struct variant){
            .phase = PHASE_inference, .batch = 1, .seq = 4, .has_past = true, .past_seq = 9},
        1, 4, 4, -1);
    /* extras come last, in order; a later one overrides */
    v = variant_with_extra(
        variant_with_extra(variant_with_extra(variant_prefill(1, 8), 5, 3), SYMBOL_SEQ, 9), 5, 4);
    variant_bind(&v, symbols);
    assert_int_equal(symbols[5], 4);
    assert_int_equal(symbols[SYMBOL_SEQ], 9);
    assert_int_equal(symbols[SYMBOL_ROWS], 8);
    assert_int_equal(symbols[6], -1);
    assert_int_equal(symbols[SYMBOL_OUT_ROWS], -1);
}

static uint64_t key_of_words(const uint32_t *words, uint32_t count)
{
    uint8_t bytes[128];

    for (uint32_t i = 0; i < 4 * count; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    return XXH3_64bits(bytes, 4 * count);
}

static uint64_t key(struct variant v)
{
    return variant_key(&v);
}

static void keys_are_as_specified(void **state)
{
    const uint32_t words[] = {2, 2, 64, 0, 0, 2, 5, 9, 6, 11};
    struct variant v = variant_with_extra(variant_with_extra(variant_encoder(2, 64), 5, 9), 6, 11);

    (void)state;
    assert_true(key(v) == key_of_words(words, 10));
    assert_true(key(variant_prefill(1, 8)) == 0x4936df818b02f936);
    assert_true(key(variant_decode(1, 7, 1)) == 0xa1b351538c45094d);
    assert_true(key(v) == 0x4d43e4366fe3f86b);
    assert_true(key(variant_decode(1, 0, 1)) == 0xdff8ed2a130219b6);
}

static void keys_differ(void **state)
{
    struct variant none = {.phase = PHASE_decode, .batch = 1, .seq = 1};
    const struct variant all[] = {
        variant_prefill(1, 8),
        variant_prefill(8, 1),
        variant_prefill(1, 9),
        variant_encoder(1, 8),
        variant_decode(1, 7, 1),
        variant_decode(1, 1, 7),
        variant_decode(1, 0, 1),
        none,
        variant_with_extra(variant_prefill(1, 8), 5, 0),
        variant_with_extra(variant_with_extra(variant_prefill(1, 8), 5, 1), 6, 2),
        variant_with_extra(variant_with_extra(variant_prefill(1, 8), 6, 2), 5, 1),
    };
    struct variant dirty = none, encode = variant_encoder(1, 8), main = encode;

    (void)state;
    for (uint32_t i = 0; i < countof(all); i++)
        for (uint32_t j = 0; j < i; j++)
            assert_true(key(all[i]) != key(all[j]));
    encode.entry_name = "encode";
    main.entry_name = MAIN_ENTRY;
    assert_true(key(encode) != key(variant_encoder(1, 8)));
    assert_true(key(main) == key(variant_encoder(1, 8)));
    dirty.past_seq = 77; /* means nothing without a past */
    assert_true(key(dirty) == key(none));
}

static void names(void **state)
{
    struct arena a = {0};
    struct variant prefill = variant_prefill(1, 512), past = variant_decode(1, 128, 1);
    struct variant none = {.phase = PHASE_decode, .batch = 1, .seq = 1};
    struct variant extra = variant_with_extra(variant_encoder(2, 3), 5, 9);
    struct variant encode = variant_encoder(4, 64), odd = variant_encoder(1, 1);

    (void)state;
    encode.entry_name = "encode";
    odd.entry_name = "a/b.c";
    assert_string_equal(variant_name(&a, &encode), "encode.encoder-b4-s64");
    assert_string_equal(variant_name(&a, &odd), "a_b_c.encoder-b1-s1");
    prefill.entry_name = MAIN_ENTRY;
    assert_string_equal(variant_name(&a, &prefill), "prefill-b1-s512");
    assert_string_equal(variant_name(&a, &none), "decode-b1-s1");
    assert_string_equal(variant_name(&a, &past), "decode-b1-s1-p128");
    assert_string_equal(variant_name(&a, &extra), "encoder-b2-s3-x5-9");
    arena_free(&a);
}

/* ---- buckets ---- */

static void ladder_is(uint32_t min, uint32_t max, const struct bucket *expected, uint32_t count)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};
    struct buckets b;

    assert_true(bucket_ladder(min, max, &b, &d));
    assert_int_equal(b.count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(b.all[i].first, expected[i].first);
        assert_int_equal(b.all[i].last, expected[i].last);
    }
    assert_true(buckets_check(&b, &d));
    assert_int_equal(bucket_find(&b, 0), -1);
    assert_int_equal(bucket_find(&b, expected[count - 1].last + 1), -1);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(bucket_find(&b, expected[i].first), i);
        assert_int_equal(bucket_find(&b, expected[i].last), i);
    }
    arena_free(&a);
}

static void ladders(void **state)
{
    const struct bucket sixteen[] = {{1, 1}, {2, 2}, {3, 4}, {5, 8}, {9, 16}},
                        odd[] = {{1, 8}, {9, 16}, {17, 32}};
    const struct bucket one[] = {{1, 1}}, large[] = {{1, 1u << 30}, {(1u << 30) + 1, 1u << 31}};
    struct arena a = {0};
    struct diags d = {.arena = &a};
    struct buckets b;

    (void)state;
    ladder_is(1, 16, sixteen, 5);
    ladder_is(1, 9, sixteen, 5);
    ladder_is(0, 16, sixteen, 5);
    ladder_is(5, 20, odd, 3);
    ladder_is(1, 1, one, 1);
    ladder_is(1u << 30, 1u << 31, large, 2);
    assert_false(bucket_ladder(5, 4, &b, &d));
    assert_non_null(strstr(d.last->text, "from 5 to 4"));
    assert_false(bucket_ladder(1, (1u << 31) + 1, &b, &d));
    /* the waste of padding is below twice, from the first upper on */
    assert_true(bucket_ladder(1, 5000, &b, &d));
    for (uint32_t i = 1; i <= 5000; i++)
        assert_true(b.all[bucket_find(&b, i)].last < 2 * i);
    arena_free(&a);
}

static bool errors_name(const struct diags *d, const char *text)
{
    for (const struct diag *i = d->first; i != NULL; i = i->next)
        if (strstr(i->text, text) != NULL)
            return true;
    return false;
}

static void bad_ranges_are_named(void **state)
{
    struct arena a = {0};
    struct diags d = {.arena = &a};
    struct buckets b = {{{1, 4}, {4, 8}, {9, 7}, {20, 30}, {0, 0}, {25, 26}}, 6};

    (void)state;
    assert_false(buckets_check(&b, &d));
    assert_int_equal(d.error_count, 4);
    assert_true(errors_name(&d, "[1, 4] and [4, 8] overlap"));
    assert_true(errors_name(&d, "[9, 7] is empty"));
    assert_true(errors_name(&d, "[20, 30] and [25, 26] overlap"));
    assert_true(errors_name(&d, "[0, 0]"));
    arena_free(&a);
}

/* ---- the padded form ---- */

static void mask_is(uint32_t past, uint32_t upper, uint32_t window, const char *expected)
{
    float keep[64];

    padded_keep_mask(past, upper, window, keep);
    assert_int_equal(strlen(expected), upper + 1);
    for (uint32_t i = 0; i <= upper; i++)
        assert_true(keep[i] == (expected[i] == '1' ? 1.0f : 0.0f));
}

static void masks(void **state)
{
    (void)state;
    mask_is(3, 8, 0, "111000001");
    mask_is(0, 4, 0, "00001");
    mask_is(4, 4, 0, "11111");
    mask_is(5, 8, 3, "000110001"); /* [5 + 1 - 3, 5) and 8: three keys */
    mask_is(5, 8, 6, "111110001");
    mask_is(5, 8, 7, "111110001");
    mask_is(5, 8, 1, "000000001");
}

static void compaction(void **state)
{
    const float rows[] = {1, 1.1f, 2, 2.1f, 0, 0, 9, 9.1f}, compact[] = {1, 1.1f, 2, 2.1f, 9, 9.1f};
    const float two[] = {1, 2, 0, 7, 3, 4, 0, 8}, compact_two[] = {1, 2, 7, 3, 4, 8};
    float out[16] = {0}, in_place[8];

    (void)state;
    assert_int_equal(padded_compact(rows, 1, 4, 2, 3, out), 3);
    assert_memory_equal(out, compact, sizeof compact);
    assert_int_equal(padded_compact(two, 2, 4, 1, 3, out), 3);
    assert_memory_equal(out, compact_two, sizeof compact_two);
    assert_int_equal(padded_compact(rows, 1, 4, 2, 1, out), 1); /* the new row alone */
    assert_memory_equal(out, &rows[6], 2 * sizeof *out);
    /* no more than past_len rows: those that are there */
    assert_int_equal(padded_compact(rows, 1, 2, 2, 3, out), 2);
    assert_memory_equal(out, rows, 4 * sizeof *out);
    assert_int_equal(padded_compact(rows, 1, 4, 2, 4, out), 4);
    assert_memory_equal(out, rows, sizeof rows);
    assert_int_equal(padded_compact(rows, 1, 4, 2, 0, out), 0);
    assert_int_equal(padded_compact(rows, 1, 0, 2, 5, out), 0);
    memcpy(in_place, two, sizeof two);
    assert_int_equal(padded_compact(in_place, 2, 4, 1, 3, in_place), 3);
    assert_memory_equal(in_place, compact_two, sizeof compact_two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binding),     cmocka_unit_test(keys_are_as_specified),
        cmocka_unit_test(keys_differ), cmocka_unit_test(names),
        cmocka_unit_test(ladders),     cmocka_unit_test(bad_ranges_are_named),
        cmocka_unit_test(masks),       cmocka_unit_test(compaction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
