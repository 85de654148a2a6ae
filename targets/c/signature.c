/* The parameters of a kernel's function. In: a kernel; out: their types and names in order, and the
 * prototype. */
#include "targets/c/c.h"

#include <string.h>

/* ---- names ---- */

/* The formula adds its only operand to the sum, and does nothing else. */
static bool adds_operand(const struct lir_kernel *k)
{
    static const uint8_t sum_first[] = {S_X, S_Y, S_ADD}, sum_last[] = {S_Y, S_X, S_ADD};
    const struct scalar_code *code = lir_formula(k);

    return lir_operand_count(k) == 1 && code->bytes == sizeof sum_first &&
           (memcmp(code->code, sum_first, sizeof sum_first) == 0 ||
            memcmp(code->code, sum_last, sizeof sum_last) == 0);
}

static const char *operand_name(const struct lir_kernel *k, uint32_t argument)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    uint32_t i = argument - kernel_kind_info[k->kind].fixed_arguments;

    assert(i < countof(names));
    if (k->kind == KERNEL_matmul && !k->matmul.gated && lir_columns(k) == 0 && adds_operand(k))
        return k->stride[argument] == 0 ? "bias" : "residual";
    return names[i];
}

const char *c_parameter_name(const struct lir_kernel *k, uint32_t argument)
{
    const struct argument_info *info = argument_info(k, argument);

    return info->role == ROLE_operand ? operand_name(k, argument) : info->name;
}

/* ---- parameters ---- */

static bool is_work_memory(enum role role)
{
    return role == ROLE_partials || role == ROLE_counters;
}

static const char *parameter_type(const struct lir_kernel *k, uint32_t argument)
{
    const bool written = lir_is_output(k, argument);
    const struct act_format *format = lir_format(k);

    switch (argument_info(k, argument)->role) {
    case ROLE_index:
    case ROLE_row_segments:
    case ROLE_chosen:
    case ROLE_columns:
    case ROLE_order:
        return written ? "int32_t *" : "const int32_t *";
    case ROLE_segments:
        return "const struct rlx_segment *";
    case ROLE_weight:
        return "const uint8_t *";
    case ROLE_activation:
        if (format->act == ACT_f32)
            return written ? "float *" : "const float *";
        return written ? "uint8_t *" : "const uint8_t *";
    case ROLE_keys:
    case ROLE_values:
        return written ? "uint8_t *" : "const uint8_t *";
    default:
        return written ? "float *" : "const float *";
    }
}

static bool walks_segments(const struct lir_kernel *k)
{
    return (k->kind == KERNEL_scan || k->kind == KERNEL_conv) && k->rows_symbol == SYMBOL_ROWS;
}

static bool counts_keys(const struct lir_kernel *k)
{
    return k->kind == KERNEL_attention && k->attention.shape.class == STATE_cross;
}

static uint32_t value_parameters(const struct lir_kernel *k, struct c_parameter *out)
{
    uint32_t count = 0;

    if (k->kind != KERNEL_attention)
        return 0;
    if (k->attention.windowed)
        out[count++] = (struct c_parameter){C_VALUE, VALUE_attention_window, "uint32_t ", "window"};
    out[count++] = (struct c_parameter){C_VALUE, VALUE_attention_scale, "float ", "scale"};
    if (k->attention.capped)
        out[count++] = (struct c_parameter){C_VALUE, VALUE_attention_softcap, "float ", "softcap"};
    return count;
}

/* Inputs, or outputs. */
static uint32_t argument_parameters(const struct lir_kernel *k, bool outputs,
                                    struct c_parameter *out)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < lir_argument_count(k); i++) {
        if (!lir_has(k, i) || lir_is_output(k, i) != outputs ||
            is_work_memory(argument_info(k, i)->role))
            continue;
        out[count++] =
            (struct c_parameter){C_ARGUMENT, i, parameter_type(k, i), c_parameter_name(k, i)};
    }
    return count;
}

uint32_t c_parameters(const struct lir_kernel *k, struct c_parameter out[C_MAX_PARAMETERS])
{
    uint32_t count = 0;

    out[count++] = (struct c_parameter){C_ROWS, 0, "size_t ", "rows"};
    if (walks_segments(k))
        out[count++] = (struct c_parameter){C_SEGMENT_COUNT, 0, "size_t ", "segment_count"};
    if (counts_keys(k))
        out[count++] = (struct c_parameter){C_KEYS, 0, "size_t ", "key_count"};
    count += argument_parameters(k, false, out + count);
    count += argument_parameters(k, true, out + count);
    count += value_parameters(k, out + count);
    return count;
}

/* ---- text ---- */

void c_prototype(const struct lir_kernel *k, const char *name, struct text *out)
{
    struct c_parameter parameters[C_MAX_PARAMETERS];
    const uint32_t count = c_parameters(k, parameters), line = out->bytes;
    uint32_t line_start = line, indent;

    text_add(out, "void %s(", name);
    indent = out->bytes - line;
    for (uint32_t i = 0; i < count; i++) {
        const struct c_parameter *p = &parameters[i];
        /* with what stands around it: ", " before, "," or ")" after */
        size_t bytes = strlen(p->type) + strlen(p->name) + 3;
        if (i > 0 && out->bytes - line_start + bytes > C_LINE_WIDTH) {
            text_add(out, ",\n");
            line_start = out->bytes;
            text_add(out, "%*s", (int)indent, "");
        } else if (i > 0) {
            text_add(out, ", ");
        }
        text_add(out, "%s%s", p->type, p->name);
    }
    text_add(out, ")");
}
