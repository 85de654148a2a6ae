/* The text of a generation as it comes. In: its tokens, one by one. Out: whole characters to the
 * caller's function, and word that a stop string came. Nothing is allocated.
 */
#ifndef RLX_RUNTIME_GENERATE_TEXT_H
#define RLX_RUNTIME_GENERATE_TEXT_H

#include "runtime/core/model.h"

struct text_stream {
    const struct tokenizer *tokenizer; /* NULL: nobody wants text */
    rlx_text_fn on_text;               /* NULL: only stop strings are looked for */
    void *context;
    bool show_special, ended; /* ended: nothing more is given out */
    const char *const *stop;
    size_t stop_count, stop_bytes[RLX_STOP_STRINGS];
    rlx_detokenizer detokenizer;
    size_t held; /* bytes of `text` that may be the beginning of a stop string */
    char text[RLX_STOP_STRING_BYTES + RLX_DETOKENIZE_MAX];
};

enum text_end { TEXT_GOES_ON, TEXT_STOP_STRING, TEXT_ENOUGH /* the caller's function said so */ };

/* `s` is zeroed. Checks the stop strings; they are looked at again until the end. */
rlx_status text_stream_begin(struct text_stream *s, const rlx_model *model,
                             const rlx_generate_options *options, rlx_error *error);
/* `ends`: the token ends generation, and so need not be looked at as a stop string. */
enum text_end text_stream_token(struct text_stream *s, int32_t id, bool ends);
/* Gives out what was held back, and what is left of an unfinished character. */
void text_stream_end(struct text_stream *s);

#endif
