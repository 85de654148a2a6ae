/* The filters of chat templates, by what they work on. `places` are the parameters in the order of
 * rlx/template_words.def, absent where not given. */
#ifndef RLX_TEMPLATE_FILTERS_H
#define RLX_TEMPLATE_FILTERS_H

#include "runtime/text/template_text.h"

enum { FILTER_PLACES = 4 };

/* Each gives an absent value for a filter that is not its own. */
struct value filter_text(struct render *r, uint32_t filter, struct value v,
                         const struct value *places);
struct value filter_list(struct render *r, uint32_t filter, struct value v,
                         const struct value *places);
/* map, select, reject, selectattr, rejectattr. */
struct value filter_each(struct render *r, uint32_t filter, struct value v,
                         const struct arguments *a);

#endif
