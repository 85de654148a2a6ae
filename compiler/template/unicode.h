/* Unicode tables that templates need at run time: classes of code points, and changes of case. */
#ifndef RLXC_TEMPLATE_UNICODE_H
#define RLXC_TEMPLATE_UNICODE_H

#include "compiler/base/arena.h"

#include <rlx/template_format.h>

struct template_unicode {
    struct rlx_template_class_range *classes;
    uint32_t class_count;
    struct rlx_template_case *cases;
    uint32_t case_count;
};

void template_unicode_make(struct arena *a, struct template_unicode *out);

#endif
