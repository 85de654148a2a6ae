/* The tables of `rlx info -v`. In: a model. Out: its entries with their inputs and outputs, its
 * states and its variants, one per line. */
#include "runtime/base/printable.h"
#include "runtime/tool/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A column of names, which come from the file. */
static void print_name(const char *name, int width)
{
    int bytes = (int)strlen(name);

    printable_write(name, stdout);
    printf("%*s", bytes < width ? width - bytes : 0, "");
}

/* "ROWS", "256", "(FRAMES+1)/2". */
static void print_dimension(const rlx_dimension *d)
{
    if (d->symbol == NULL) {
        printf("%" PRIu64, d->size);
        return;
    }
    bool grouped = d->divide != 1 && (d->multiply != 1 || d->add != 0);
    fputs(grouped ? "(" : "", stdout);
    if (d->multiply != 1)
        printf("%" PRId64 "*", d->multiply);
    print_name(d->symbol, 0);
    if (d->add != 0)
        printf("%+" PRId64, d->add);
    fputs(grouped ? ")" : "", stdout);
    if (d->divide != 1)
        printf("/%" PRId64, d->divide);
}

static void print_io(const rlx_io_info *io)
{
    printf("  %-7s ", io->is_output ? "output" : "input");
    print_name(io->name, 18);
    printf(" %s [", io->element);
    for (uint32_t i = 0; i < io->rank; i++) {
        fputs(i == 0 ? "" : ", ", stdout);
        print_dimension(&io->dimensions[i]);
    }
    printf("]%s%s\n", strcmp(io->role, "data") == 0 ? "" : "  role ",
           strcmp(io->role, "data") == 0 ? "" : io->role);
}

static void print_entries(const rlx_model *model)
{
    for (uint32_t i = 0; i < rlx_model_entry_count(model); i++) {
        rlx_entry_info entry = rlx_entry_info_default();
        if (rlx_model_get_entry(model, i, &entry, NULL) != RLX_OK)
            continue;
        fputs("\nentry ", stdout);
        print_name(entry.name, 0);
        printf(", variants: %u\n", entry.variant_count);
        for (uint32_t n = 0; n < entry.io_count; n++) {
            rlx_io_info io = rlx_io_info_default();
            if (rlx_model_get_io(model, entry.name, n, &io, NULL) == RLX_OK)
                print_io(&io);
        }
    }
}

static void print_states(const rlx_model *model)
{
    if (rlx_model_state_count(model) != 0)
        printf("\n%-18s %-8s %-5s %5s %8s %14s %-5s %12s\n", "state", "class", "role", "layer",
               "rows", "a row", "type", "B");
    for (uint32_t i = 0; i < rlx_model_state_count(model); i++) {
        rlx_state_info s = rlx_state_info_default();
        if (rlx_model_get_state(model, i, &s, NULL) != RLX_OK)
            continue;
        print_name(s.name, 18);
        printf(" %-8s %-5s %5u %8" PRIu64 " %8u * %-3u %-5s %12" PRIu64 "\n", s.state_class, s.role,
               s.layer, s.capacity, s.heads, s.width, s.element, s.bytes);
    }
}

/* Of the column of names. */
static int name_width(const rlx_model *model)
{
    int width = 20;
    for (uint32_t i = 0; i < rlx_model_variant_count(model); i++) {
        rlx_variant_info v = rlx_variant_info_default();
        if (rlx_model_get_variant(model, i, &v, NULL) == RLX_OK && (int)strlen(v.name) > width)
            width = (int)strlen(v.name);
    }
    return width;
}

static void print_variants(const rlx_model *model)
{
    const int width = name_width(model);
    printf("\n%-*s %-18s %12s %6s %12s %12s\n", width, "variant", "key", "new tokens", "steps",
           "scratch, B", "thread, B");
    for (uint32_t i = 0; i < rlx_model_variant_count(model); i++) {
        rlx_variant_info v = rlx_variant_info_default();
        char rows[32] = "-"; /* an entry without rows of tokens */
        if (rlx_model_get_variant(model, i, &v, NULL) != RLX_OK)
            continue;
        if (v.last_rows != 0)
            snprintf(rows, sizeof rows, "%u..%u", v.first_rows, v.last_rows);
        print_name(v.name, width);
        printf(" %016" PRIx64 "   %12s %6" PRIu64 " %12" PRIu64 " %12" PRIu64 "\n", v.key, rows,
               v.steps, v.scratch_bytes, v.thread_bytes);
    }
}

void command_info_tables(const rlx_model *model)
{
    print_entries(model);
    print_states(model);
    print_variants(model);
}
