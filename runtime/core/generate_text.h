/* The text of a generation while it runs. In: its tokens, one by one. Out: whole characters for the
 * caller's function, and whether a stop string occurred. Allocates nothing. */
#ifndef RLX_RUNTIME_GENERATE_TEXT_H
#define RLX_RUNTIME_GENERATE_TEXT_H

#include "runtime/core/model.h"

struct text_stream {
    const struct tokenizer *tokenizer; /* NULL: no text is wanted */
    rlx_text_fn on_text;               /* NULL: only search for stop strings */
    void *context;
    bool show_special, ended; /* ended: no more text follows */
    const char *const *stop;
    size_t stop_count, stop_bytes[RLX_STOP_STRINGS_MAX];
    rlx_detokenizer detokenizer;
    size_t held; /* bytes of `text` that may be the beginning of a stop string */
    char text[RLX_STOP_STRING_BYTES_MAX + RLX_DETOKENIZE_MAX];
};

enum text_end {
    TEXT_GOES_ON,
    TEXT_STOP_STRING,
    TEXT_ENOUGH /* the caller's function stopped it */
};

/* The caller has zeroed `s`. Checks the stop strings, which must stay valid until the end. */
rlx_status text_stream_begin(struct text_stream *s, const rlx_model *model,
                             const rlx_generate_options *options, rlx_error *error);
/* `ends`: the token ends generation anyway, so it is not compared with stop strings. */
enum text_end text_stream_token(struct text_stream *s, int32_t id, bool ends);
/* Passes on what was held back, and the rest of an unfinished character. */
void text_stream_end(struct text_stream *s);

#endif
