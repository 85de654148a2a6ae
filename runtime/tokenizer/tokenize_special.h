/* Finding added tokens in text, piece by piece. Private to the files tokenize*.c. */
#ifndef RLX_TOKENIZE_SPECIAL_H
#define RLX_TOKENIZE_SPECIAL_H

#include "runtime/tokenizer/tokenize_parts.h"

/* An added token in text: [start, end) with the white space that it takes. */
struct found {
    size_t start, end;
    uint32_t id;
};

struct special_search {
    const struct encoding *encoding;
    const char *text;
    size_t bytes;
    bool normalized, longest;
    size_t at;         /* where the search goes on; with `longest`, in `all` */
    size_t done;       /* the end of the last token that was found */
    struct found *all; /* with `longest` */
    size_t count, capacity;
    char *taken; /* by byte, while these are looked for; else NULL */
    struct white_run {
        uint32_t flags;
        size_t start, end;
    } behind; /* the white space that the last token with RLX_SPECIAL_RIGHT took */
};

/* Which bytes the tokens of each pass begin with; once for each text. */
void specials_prepare(struct encoding *e);

/* `normalized`: those to find after normalization, else the others, in the whole of the text. What
 * tokens stand for does not overlap; the white space that they take may. False without memory. */
bool specials_begin(struct special_search *s, const struct encoding *e, const char *text,
                    size_t bytes, bool normalized);
bool specials_next(struct special_search *s, struct found *f);
void specials_end(struct special_search *s);

/* ---- between the two files ---- */

/* Finds all, longest first. False without memory. */
bool find_longest(struct special_search *s);
/* The next place from `at` on where a token may begin; the end of the text if there is none. */
size_t special_candidate(const struct special_search *s, size_t at);

/* The tokens that may stand at a place, the shortest first. */
struct special_walk {
    struct trie_at node;
    size_t at, end;
};
struct special_walk special_walk_at(const struct special_search *s, size_t at);
const struct rlx_tokenizer_special *special_next(const struct special_search *s,
                                                 struct special_walk *w);
/* Widens a token over the white space that it takes, from `first` on, where no byte is taken. */
void special_take_space(struct special_search *s, uint32_t flags, size_t first, struct found *f);

#endif
