/* SentencePiece's models made by hand: what is read from each field, and what is refused. */
#include "compiler/import/tokenizer/sentencepiece.h"
#include "tests/unit/tokenizer_cases.h"

/* A message of Protocol Buffers while it is written. */
struct message {
    uint8_t data[1 << 14];
    size_t bytes;
};

static void put_varint(struct message *m, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        m->data[m->bytes++] = (uint8_t)(value | 0x80);
    m->data[m->bytes++] = (uint8_t)value;
}

static void put_number(struct message *m, uint32_t field, uint64_t value)
{
    put_varint(m, field << 3);
    put_varint(m, value);
}

static void put_bytes(struct message *m, uint32_t field, const void *data, size_t bytes)
{
    put_varint(m, field << 3 | 2);
    put_varint(m, bytes);
    memcpy(m->data + m->bytes, data, bytes);
    m->bytes += bytes;
}

static void put_piece(struct message *m, const char *text, float score, int type)
{
    struct message piece = {.bytes = 0};
    put_bytes(&piece, 1, text, strlen(text));
    put_varint(&piece, 2 << 3 | 5);
    memcpy(piece.data + piece.bytes, &score, 4);
    piece.bytes += 4;
    put_number(&piece, 3, (uint64_t)type);
    put_bytes(m, 1, piece.data, piece.bytes);
}

/* A message inside: field numbers and values of varints, ended by 0. */
static void put_settings(struct message *m, uint32_t field, const uint32_t *settings)
{
    struct message inner = {.bytes = 0};
    for (; *settings != 0; settings += 2)
        put_number(&inner, settings[0], settings[1]);
    put_bytes(m, field, inner.data, inner.bytes);
}

static void start(struct message *m, const uint32_t *trainer)
{
    m->bytes = 0;
    put_piece(m, "<unk>", 0, TOKEN_unknown);
    put_piece(m, "<s>", 0, TOKEN_control);
    put_piece(m, "</s>", 0, TOKEN_control);
    put_piece(m, "\xe2\x96\x81", -1, TOKEN_normal);
    put_piece(m, "a", -2.5f, TOKEN_normal);
    if (trainer != NULL)
        put_settings(m, 2, trainer);
}

struct read_model {
    struct arena arena;
    struct diags diags;
    struct vocabulary v;
    bool good;
};

static struct read_model *read_message(const struct message *m)
{
    struct read_model *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->diags.arena = &r->arena;
    r->good = sentencepiece_read("x.model", m->data, m->bytes, &r->v, &r->arena, &r->diags);
    assert_int_equal(r->good, r->diags.error_count == 0);
    return r;
}

static void free_model(struct read_model *r)
{
    arena_free(&r->arena);
    free(r);
}

static void refused(const struct message *m, const char *object, const char *says)
{
    struct read_model *r = read_message(m);
    assert_false(r->good);
    const struct diag *d = r->diags.first;
    if (object == NULL ? d->place.object != NULL : strcmp(d->place.object, object) != 0)
        fail_msg("%s", d->place.object ? d->place.object : "no object");
    if (strstr(d->text, says) == NULL)
        fail_msg("%s", d->text);
    free_model(r);
}

static void fields(void **state)
{
    struct message m;
    (void)state;
    start(&m, (const uint32_t[]){3, 2, 0});
    put_piece(&m, "<u>", 0, TOKEN_user_defined);
    put_piece(&m, "zz", -9, TOKEN_unused);
    struct read_model *r = read_message(&m);
    assert_true(r->good);
    assert_int_equal(r->v.token_count, 7);
    assert_int_equal(r->v.unknown, 0);
    assert_true(r->v.by_score && r->v.fuse_unknown && !r->v.from_gguf);
    assert_int_equal(r->v.pipeline.model, MODEL_bpe);
    assert_false(r->v.pipeline.byte_fallback);
    assert_true(r->v.tokens[2].ends_generation);
    assert_true(r->v.tokens[4].score == -2.5);
    assert_int_equal(r->v.tokens[5].kind, TOKEN_user_defined);
    for (uint32_t i = 0; i < r->v.token_count; i++)
        assert_false(r->v.tokens[i].added);
    assert_int_equal(r->v.pipeline.normalizers.count, 4);
    free_model(r);

    start(&m, NULL); /* unigram is what a model without a type is */
    put_settings(&m, 3, (const uint32_t[]){3, 0, 4, 0, 5, 0, 0});
    r = read_message(&m);
    assert_true(r->good && r->v.pipeline.float32_scores && !r->v.by_score);
    assert_int_equal(r->v.pipeline.model, MODEL_unigram);
    assert_int_equal(r->v.pipeline.normalizers.count, 0);
    assert_int_equal(r->v.pipeline.decoders.all[0].start, 0);
    free_model(r);
}

static void refused_pieces(void **state)
{
    static const struct {
        const char *text;
        float score;
        int type;
        const char *object, *says;
    } cases[] = {
        {"", 0, 1, "pieces[5]", "not empty"},
        {"a", 0, 1, "pieces[5]", "no other is equal"},
        {"<s>", 0, 3, "pieces[5]", "no other is equal"},
        {"b", 0, 7, "pieces[5]", "a type from 1 to 6"},
        {"b", 0, 0, "pieces[5]", "a type from 1 to 6"},
        {"b", 0.0f / 0.0f, 1, "pieces[5]", "a finite score"},
        {"b", -1.0f / 0.0f, 1, "pieces[5]", "a finite score"},
        {"<0x0a>", 0, 6, "pieces[5]", "the name of a byte"},
        {"<0x0A>", 0, 6, "pieces", "no pieces for bytes"},
        {"<unk2>", 0, 2, "pieces", "one piece of type 2"},
    };
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct message m;
        start(&m, NULL);
        put_piece(&m, cases[i].text, cases[i].score, cases[i].type);
        refused(&m, cases[i].object, cases[i].says);
    }
}

static void refused_settings(void **state)
{
    struct message m, map = {.bytes = 0};
    (void)state;
    start(&m, (const uint32_t[]){3, 3, 0});
    refused(&m, "trainer_spec.model_type", "1 (unigram), 2 (BPE) or 4 (characters)");
    start(&m, (const uint32_t[]){24, 1, 0});
    refused(&m, "trainer_spec.treat_whitespace_as_suffix", "false");
    start(&m, (const uint32_t[]){35, 1, 0});
    refused(&m, "pieces", "a piece for each byte");
    start(&m, (const uint32_t[]){3, 4, 0});
    put_piece(&m, "ab", 0, TOKEN_normal);
    refused(&m, "pieces[5]", "one character");
    start(&m, NULL);
    put_bytes(&map, 2, "map", 3);
    put_bytes(&m, 5, map.data, map.bytes);
    refused(&m, "denormalizer_spec.precompiled_charsmap", "none");
    m.bytes = 0;
    refused(&m, "pieces", "one piece of type 2");
}

static void refused_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t count;
        const char *says;
    } cases[] = {
        {"\x0a\x05", 2, "ends within a field"},
        {"\x0a", 1, "ends within a number"},
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11, "more than 64 bits"},
        {"\x00", 1, "a field without a number"},
        {"\x0b", 1, "an unknown type"},
        {"\x0d\x01\x02", 3, "ends within a number"},
        {"\x0a\x02\x0a\x05", 4, "ends within a field"},
    };
    (void)state;
    for (size_t i = 0; i < countof(cases); i++) {
        struct message m;
        start(&m, NULL);
        memcpy(m.data + m.bytes, cases[i].bytes, cases[i].count);
        m.bytes += cases[i].count;
        refused(&m, NULL, cases[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(refused_pieces),
        cmocka_unit_test(refused_settings),
        cmocka_unit_test(refused_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
