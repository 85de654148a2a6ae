/* Prints reports. In: the programs and code of one level, or a vocabulary; out: text. */
#include "compiler/report.h"

#include "compiler/tokenizer/describe.h"

static uint32_t steps_of(const struct packed_level *level, uint32_t variant_count, uint32_t kernel)
{
    uint32_t count = 0;

    for (uint32_t v = 0; v < variant_count; v++)
        for (uint32_t i = 0; i < level->programs[v].step_count; i++)
            count += level->programs[v].steps[i].kernel == kernel;
    return count;
}

void report_kernels(const struct packed_level *level, uint32_t variant_count, struct text *out)
{
    const struct target *target = level->target;

    text_add(out, "kernels of %s: %u\n   steps  code bytes  %skernel\n",
             target->levels[level->level].name, level->kernels.count,
             target->describe != NULL ? target->columns : "");
    for (uint32_t i = 0; i < level->kernels.count; i++) {
        text_add(out, "%8u  ", steps_of(level, variant_count, i));
        if (level->sources.count != 0) /* text */
            text_add(out, "%10s", "-");
        else
            text_add(out, "%10llu", (unsigned long long)level->code.code_bytes[i]);
        text_add(out, "  ");
        if (target->describe != NULL)
            target->describe(&level->kernels.all[i], level->code.image + level->code.entry[i],
                             level->code.code_bytes[i], out);
        text_add(out, "%s\n", lir_kernel_name(out->arena, &level->kernels.all[i]));
    }
}

void report_memory(const struct packed_level *level, const struct packed_variant *variants,
                   uint32_t variant_count, struct text *out)
{
    text_add(out,
             "memory of %s, bytes\n  new tokens    steps     scratch  per thread      input      "
             "output  variant\n",
             level->target->levels[level->level].name);
    for (uint32_t i = 0; i < variant_count; i++) {
        const struct lir_program *p = &level->programs[i];
        text_add(out, "%5u..%-5u  %7u  %10llu  %10llu  %9llu  %10llu  %s\n", variants[i].rows.first,
                 variants[i].rows.last, lir_launches(p),
                 (unsigned long long)p->home_bytes[HOME_scratch],
                 (unsigned long long)p->home_bytes[HOME_thread],
                 (unsigned long long)p->home_bytes[HOME_input],
                 (unsigned long long)p->home_bytes[HOME_output],
                 variant_name(out->arena, &variants[i].variant));
    }
}

void report_tokenizer(const struct vocabulary *v, bool checked, struct text *out)
{
    text_add(out, "tokenizer\n");
    tokenizer_describe(v, checked, out);
}
