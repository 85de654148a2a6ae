/* vocab.txt and merges.txt. In: lines. Out: JSON as in the model of a tokenizer.json. The rules are
 * those of the tokenizers library. */
#include "compiler/import/tokenizer/vocabulary_files.h"

#include "compiler/base/out.h"
#include "compiler/import/tokenizer/pipeline_steps.h"
#include "runtime/base/utf8.h"

#include <string.h>

struct lines {
    const char *at, *end;
    uint32_t number;
};

/* The next line, without its end (\n or \r\n). False at the end of the file. */
static bool next_line(struct lines *l, const char **line, size_t *bytes)
{
    if (l->at == l->end)
        return false;
    const char *stop = memchr(l->at, '\n', (size_t)(l->end - l->at));
    *line = l->at;
    *bytes = (size_t)((stop ? stop : l->end) - l->at);
    l->at = stop ? stop + 1 : l->end;
    l->number++;
    if (stop && *bytes > 0 && (*line)[*bytes - 1] == '\r')
        (*bytes)--;
    return true;
}

static bool is_too_large(const struct file *f, struct diags *d)
{
    enum { MAX_BYTES = 100000000 };

    return f->bytes > MAX_BYTES &&
           !diag_error(d, (struct place){.file = f->path}, "expected at most %d bytes, found %llu",
                       MAX_BYTES, (unsigned long long)f->bytes);
}

static struct lines lines_of(const struct file *f)
{
    const char *data = f->data ? (const char *)f->data : "";

    return (struct lines){data, data + f->bytes, 0};
}

static json_t *refuse(const struct file *f, const struct lines *l, json_t *list, struct diags *d,
                      const char *expected)
{
    diag_error(d, (struct place){.file = f->path, .line = l->number}, "expected %s, found another",
               expected);
    json_decref(list);
    return NULL;
}

/* The line as it is found, cut. */
static json_t *refuse_merge(const struct file *f, const struct lines *l, const char *line,
                            size_t bytes, json_t *list, struct diags *d)
{
    enum { MAX_SHOWN = 60 };
    struct text found = {.arena = d->arena};

    text_add_quoted(&found, arena_text(d->arena, line, bytes < MAX_SHOWN ? bytes : MAX_SHOWN));
    diag_error(d, (struct place){.file = f->path, .line = l->number},
               "expected two tokens with one space between, found %s", found.data);
    json_decref(list);
    return NULL;
}

/* Length without the white space at the end. */
static size_t trimmed(const char *text, size_t bytes)
{
    while (bytes > 0) {
        size_t start = bytes - 1;
        uint32_t point;
        while (start > 0 && (text[start] & 0xc0) == 0x80)
            start--;
        utf8_read(text, bytes, start, &point);
        if (!unicode_is_white_space(point))
            break;
        bytes = start;
    }
    return bytes;
}

/* The id is the number of the line. If a text stands twice, the last line counts. */
json_t *vocabulary_read_words(const struct file *f, struct diags *d)
{
    struct lines lines = lines_of(f);
    json_t *vocab = is_too_large(f, d) ? NULL : json_object();
    const char *line;
    size_t bytes;

    while (vocab && next_line(&lines, &line, &bytes)) {
        if (lines.number > VOCABULARY_MAX_TOKENS)
            return refuse(f, &lines, vocab, d, "at most 4194304 lines");
        if (json_object_setn_new(vocab, line, trimmed(line, bytes),
                                 json_integer(lines.number - 1)) != 0)
            return refuse(f, &lines, vocab, d, "a line of UTF-8");
    }
    return vocab;
}

json_t *vocabulary_read_merges(const struct file *f, struct diags *d)
{
    static const char version[] = "#version";
    struct lines lines = lines_of(f);
    json_t *merges = is_too_large(f, d) ? NULL : json_array();
    const char *line;
    size_t bytes;

    while (merges && next_line(&lines, &line, &bytes)) {
        if (bytes >= sizeof version - 1 && memcmp(line, version, sizeof version - 1) == 0)
            continue;
        const char *space = memchr(line, ' ', bytes);
        size_t left = space ? (size_t)(space - line) : 0, right = bytes - left - 1;
        if (left == 0 || right == 0 || right > bytes || memchr(space + 1, ' ', right))
            return refuse_merge(f, &lines, line, bytes, merges, d);
        json_t *pair = json_pack("[s%, s%]", line, left, space + 1, right);
        if (pair == NULL)
            return refuse(f, &lines, merges, d, "a line of UTF-8");
        json_array_append_new(merges, pair);
        if (json_array_size(merges) > VOCABULARY_MAX_MERGES)
            return refuse(f, &lines, merges, d, "at most 8388608 lines");
    }
    return merges;
}
