/* An artifact that a test makes in memory, section by section. */
#ifndef TINY_FILE_H
#define TINY_FILE_H

#include "rlx/artifact.h"
#include "rlx/kernel.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

struct tiny {
    uint8_t *data; /* zeroed, with room for all */
    size_t bytes;
    uint32_t section_count;
};

static inline struct rlx_header *tiny_header(struct tiny *t)
{
    return (struct rlx_header *)t->data;
}

static inline struct rlx_section *tiny_section_at(struct tiny *t, uint32_t index)
{
    return (struct rlx_section *)(t->data + tiny_header(t)->section_offset) + index;
}

static inline struct rlx_section *tiny_section(struct tiny *t, uint32_t kind)
{
    for (uint32_t i = 0; i < tiny_header(t)->section_count; i++)
        if (tiny_section_at(t, i)->kind == kind)
            return tiny_section_at(t, i);
    abort();
}

static inline void *tiny_entry(struct tiny *t, uint32_t kind, uint32_t index)
{
    struct rlx_section *s = tiny_section(t, kind);
    return t->data + s->offset + (size_t)index * s->entry_bytes;
}

/* Writes the digest of the tables again after a change. Only for files whose sections lie inside.
 */
static inline void tiny_seal(struct tiny *t)
{
    struct rlx_header *h = tiny_header(t);
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (uint32_t i = 0; i < h->section_count; i++) {
        struct rlx_section *s = tiny_section_at(t, i);
        if (!(s->flags & RLX_SECTION_BULK) && s->offset <= t->bytes &&
            s->bytes <= t->bytes - s->offset)
            XXH3_64bits_update(&state, t->data + s->offset, s->bytes);
    }
    XXH3_64bits_update(&state, t->data + h->section_offset,
                       h->section_count * sizeof(struct rlx_section));
    h->table_digest = XXH3_64bits_digest(&state);
}

static inline void tiny_add(struct tiny *t, struct rlx_section *table, uint32_t kind,
                            const void *data, uint32_t count, uint32_t entry)
{
    uint32_t bytes = count * entry;
    bool is_table =
        kind != RLX_SECTION_STRINGS && kind != RLX_SECTION_MANIFEST && kind != RLX_SECTION_VALUES;
    memcpy(t->data + t->bytes, data, bytes);
    table[t->section_count++] = (struct rlx_section){.kind = kind,
                                                     .flags = RLX_SECTION_REQUIRED,
                                                     .offset = t->bytes,
                                                     .bytes = bytes,
                                                     .count = is_table ? count : 0,
                                                     .entry_bytes = is_table ? entry : 0};
    t->bytes = (t->bytes + bytes + 63) / 64 * 64;
}

/* A page at `offset` whose contents are already there: code, weights. */
static inline void tiny_add_page(struct tiny *t, struct rlx_section *table, uint32_t kind,
                                 uint64_t offset)
{
    table[t->section_count++] =
        (struct rlx_section){.kind = kind,
                             .flags = RLX_SECTION_REQUIRED | RLX_SECTION_BULK,
                             .offset = offset,
                             .bytes = RLX_PAGE};
}

enum { TINY_CODE_DIGEST = 4711 };

/* Makes the level one whose code is source. The strings end with "c". */
static inline void tiny_forget_image(struct tiny *t)
{
    const uint32_t c = (uint32_t)tiny_section(t, RLX_SECTION_STRINGS)->bytes - 2;
    struct rlx_level *level = tiny_entry(t, RLX_SECTION_LEVELS, 0);
    level->target = c;
    level->machine = 0;
    level->image_bytes = 0;
    level->image_digest = TINY_CODE_DIGEST;
    for (uint32_t i = 0; i < tiny_section(t, RLX_SECTION_KERNELS)->count; i++) {
        struct rlx_kernel *k = tiny_entry(t, RLX_SECTION_KERNELS, i);
        k->entry = k->code_bytes = 0;
    }
}

/* Writes the table of sections, the header and the digest. CODE_VARIANTS: of a model whose code is
 * linked into the test (unit/step_code.c). */
static inline void tiny_end(struct tiny *t, const struct rlx_section *table)
{
    struct rlx_header *h = tiny_header(t);
    *h = (struct rlx_header){.major = RLX_MAJOR,
                             .minor = RLX_MINOR,
                             .header_bytes = sizeof *h,
                             .section_count = t->section_count,
                             .section_entry_bytes = sizeof table[0],
                             .section_offset = t->bytes};
    memcpy(h->magic, RLX_MAGIC, sizeof h->magic);
    memcpy(t->data + t->bytes, table, t->section_count * sizeof table[0]);
    t->bytes += t->section_count * sizeof table[0];
    h->file_bytes = t->bytes;
#ifdef CODE_VARIANTS
    tiny_forget_image(t);
#endif
    tiny_seal(t);
}

/* "mov rax, address; jmp rax" for each kernel, 16 bytes apart. */
static inline void tiny_code(uint8_t *code, const rlx_kernel_fn *kernels, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *at = code + i * 16;
        memcpy(at, "\x48\xb8", 2);
        memcpy(at + 2, &kernels[i], 8);
        memcpy(at + 10, "\xff\xe0", 2);
    }
}

/* Writes what stands before an artifact of `bytes` bytes in a program, RLX_PAGE bytes: an ELF
 * header and one program header. */
static inline void tiny_carrier(uint8_t *page, uint64_t bytes)
{
    const Elf64_Ehdr elf = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
                            .e_phoff = sizeof elf,
                            .e_phentsize = sizeof(Elf64_Phdr),
                            .e_phnum = 1};
    const Elf64_Phdr header = {
        .p_type = RLX_PROGRAM_SEGMENT, .p_offset = RLX_PAGE, .p_filesz = bytes};

    memset(page, 0, RLX_PAGE);
    memcpy(page, &elf, sizeof elf);
    memcpy(page + sizeof elf, &header, sizeof header);
}

#endif
