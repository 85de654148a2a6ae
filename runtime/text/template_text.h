/* What methods and filters of texts share. */
#ifndef RLX_TEMPLATE_TEXT_H
#define RLX_TEMPLATE_TEXT_H

#include "runtime/text/template.h"

/* Lists of texts. `max`: splits at most, -1 for all. `separator` NULL: at runs of white space. */
struct value split_text(struct render *r, const struct text *t, const struct text *separator,
                        int64_t max);
struct value split_text_last(struct render *r, const struct text *t, const struct text *separator,
                             int64_t max);
struct value split_lines(struct render *r, const struct text *t, bool keep_ends);
struct value join_texts(struct render *r, const struct text *separator,
                        const struct sequence *items, bool convert);
enum alignment { ALIGN_LEFT, ALIGN_RIGHT, ALIGN_CENTER };
struct value pad_text(struct render *r, const struct text *t, int64_t width,
                      const struct text *fill, enum alignment alignment);
struct value capitalize_text(struct render *r, const struct text *t);
/* Whether all letters with case are of this one, and there is one. */
bool text_has_case(struct render *r, const struct text *t, uint32_t wanted, uint32_t other);

#endif
