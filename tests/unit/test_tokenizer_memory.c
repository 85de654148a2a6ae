/* Memory that runs out: each allocation of tokenizer_encode fails once, for every kind of model. It
 * then says so, or does without; and nothing leaks. The linker puts the functions below in place of
 * the allocator's (tests/CMakeLists.txt).
 */
#include "runtime/tokenizer/tokenize.h"
#include "tests/support/small_vocabularies.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *at, size_t bytes);
void __real_free(void *at);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *at, size_t bytes);
void __wrap_free(void *at);

static size_t calls, refused_call; /* 0: none */
static ptrdiff_t live;

static void *counted(void *at)
{
    live += at != NULL;
    return at;
}

void *__wrap_malloc(size_t bytes)
{
    return ++calls == refused_call ? NULL : counted(__real_malloc(bytes));
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return ++calls == refused_call ? NULL : counted(__real_calloc(count, bytes));
}

void *__wrap_realloc(void *at, size_t bytes)
{
    if (++calls == refused_call)
        return NULL;
    void *moved = __real_realloc(at, bytes);
    live += moved && !at;
    return moved;
}

void __wrap_free(void *at)
{
    live -= at != NULL;
    __real_free(at);
}

enum { TEXT_BYTES = 30000, MAX_IDS = 1 << 16 };

/* Words that come again, marks to order, added tokens, then a word too long for one window. */
static void make_text(char *text)
{
    static const char part[] =
        "Hello, it's 123 e\xcc\xa3\xcc\x81 \xe6\x97\xa5<|im_start|> \xff<s>The ";
    size_t at = 0;
    for (; at + sizeof part < TEXT_BYTES / 2; at += sizeof part - 1)
        memcpy(text + at, part, sizeof part - 1);
    for (uint32_t state = 1; at < TEXT_BYTES; at++, state = state * 1103515245 + 12345)
        text[at] = "aehlot"[state / 65536 % 6];
}

static void check_refusals(int kind, const char *text, int32_t *all_ids, int32_t *ids)
{
    struct tokenizer t;
    uint64_t bytes;
    size_t all_count, count, needed, refused = 0;
    uint8_t *section = small_section(kind, &bytes);
    assert_int_equal(tokenizer_open(&t, section, (size_t)bytes, NULL), RLX_OK);
    calls = 0;
    live = 0;
    assert_int_equal(tokenizer_encode(&t, text, TEXT_BYTES, RLX_TOKENIZE_PARSE_SPECIAL, all_ids,
                                      MAX_IDS, &all_count, NULL),
                     RLX_OK);
    assert_int_equal(live, 0);
    needed = calls;
    for (size_t i = 1; i <= needed; i++) {
        rlx_error error;
        calls = 0;
        refused_call = i;
        rlx_status status = tokenizer_encode(&t, text, TEXT_BYTES, RLX_TOKENIZE_PARSE_SPECIAL, ids,
                                             MAX_IDS, &count, &error);
        refused_call = 0;
        assert_int_equal(live, 0);
        if (status == RLX_OK) {
            assert_int_equal(count, all_count);
            assert_memory_equal(ids, all_ids, count * sizeof *ids);
            continue;
        }
        assert_int_equal(status, RLX_ERROR_NO_MEMORY);
        assert_int_equal(count, 0);
        refused++;
    }
    print_message("kind %d: %zu allocations, %zu refused\n", kind, needed, refused);
    assert_true(refused > 0);
}

static void each_allocation_fails(void **state)
{
    char *text = malloc(TEXT_BYTES);
    int32_t *all_ids = malloc(MAX_IDS * sizeof *all_ids), *ids = malloc(MAX_IDS * sizeof *ids);
    (void)state;
    make_text(text);
    for (int kind = 0; kind < KINDS; kind++)
        check_refusals(kind, text, all_ids, ids);
    arena_free(&arena);
    free(text);
    free(all_ids);
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
