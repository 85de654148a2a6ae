/* Links relocatable ELF objects into one flat, position-independent image. In: objects as LLVM
 * writes them, each with one global function; out: code and constants at fixed distances, and where
 * each function begins. Code may refer to its own constants and to functions of other objects
 * alone: an undefined symbol, writable data or any relocation but a 32-bit distance is refused.
 * Source: the System V ABI, AMD64 supplement.
 */
#include "targets/cpu/cpu.h"

#include <elf.h>
#include <string.h>

static const uint64_t not_kept = UINT64_MAX;

struct linker {
    const struct machine *machine;
    const struct object *object;
    Elf64_Ehdr header;
    Elf64_Shdr *sections;
    uint64_t *place; /* by section: offset in the image, or not_kept */
    const Elf64_Shdr *symbols, *strings;
    struct diags *diags;
};

struct functions { /* of all objects */
    const struct object *objects;
    const uint64_t *entry;
    uint32_t count;
};

static bool refuse(const struct linker *l, const char *what, const char *name)
{
    struct place at = {.file = "generated code", .object = name};

    return diag_error(l->diags, at, "expected an object that needs nothing from outside, found %s",
                      what);
}

static bool section_inside(const struct linker *l, const Elf64_Shdr *s)
{
    return s->sh_type == SHT_NOBITS || range_inside(s->sh_offset, s->sh_size, l->object->bytes);
}

/* A NUL-terminated name from a string table, or NULL. */
static const char *name_at(const struct linker *l, const Elf64_Shdr *table, uint64_t offset)
{
    if (table->sh_type != SHT_STRTAB || offset >= table->sh_size)
        return NULL;
    const char *name = (const char *)l->object->data + table->sh_offset + offset;
    return memchr(name, 0, table->sh_size - offset) != NULL ? name : NULL;
}

static bool read_sections(struct linker *l, struct arena *a)
{
    const struct object *o = l->object;
    uint64_t bytes;

    if (o->bytes < sizeof l->header)
        return refuse(l, "a short file", NULL);
    memcpy(&l->header, o->data, sizeof l->header);
    const Elf64_Ehdr *h = &l->header;
    if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 || h->e_ident[EI_CLASS] != ELFCLASS64 ||
        h->e_type != ET_REL || h->e_machine != l->machine->elf ||
        h->e_shentsize != sizeof(Elf64_Shdr) || h->e_shnum == 0)
        return refuse(l, "no relocatable object for the machine of its level", NULL);
    bytes = (uint64_t)h->e_shnum * sizeof(Elf64_Shdr);
    if (!range_inside(h->e_shoff, bytes, o->bytes) || h->e_shstrndx >= h->e_shnum)
        return refuse(l, "a section table outside of the file", NULL);
    l->sections = arena_new(a, Elf64_Shdr, h->e_shnum);
    l->place = arena_new(a, uint64_t, h->e_shnum);
    memcpy(l->sections, o->data + h->e_shoff, bytes);
    for (uint32_t i = 0; i < h->e_shnum; i++) {
        l->place[i] = not_kept;
        if (!section_inside(l, &l->sections[i]))
            return refuse(l, "a section outside of the file", NULL);
    }
    for (uint32_t i = 0; i < h->e_shnum; i++)
        if (l->sections[i].sh_type == SHT_SYMTAB)
            l->symbols = &l->sections[i];
    if (l->symbols == NULL || l->symbols->sh_link >= h->e_shnum)
        return refuse(l, "no symbols", NULL);
    l->strings = &l->sections[l->symbols->sh_link];
    return true;
}

/* Gives code and constants their places from `end` on; returns the new end through it. */
static bool place_sections(struct linker *l, uint64_t *end)
{
    for (uint32_t i = 0; i < l->header.e_shnum; i++) {
        const Elf64_Shdr *s = &l->sections[i];
        const char *name = name_at(l, &l->sections[l->header.e_shstrndx], s->sh_name);
        if (name == NULL)
            return refuse(l, "a section without a name", NULL);
        if ((s->sh_flags & SHF_ALLOC) == 0 || s->sh_size == 0 || strcmp(name, ".eh_frame") == 0)
            continue;
        if (s->sh_type != SHT_PROGBITS || (s->sh_flags & SHF_WRITE) != 0)
            return refuse(l, "a section of variables", name);
        if (s->sh_addralign > 64 || (s->sh_addralign & (s->sh_addralign - 1)) != 0)
            return refuse(l, "a strange alignment", name);
        l->place[i] =
            round_up(*end, (s->sh_flags & SHF_EXECINSTR) != 0 ? 64 : max_u64(s->sh_addralign, 1));
        *end = l->place[i] + s->sh_size;
    }
    return true;
}

static bool read_symbol(const struct linker *l, uint64_t index, Elf64_Sym *out)
{
    if (index >= l->symbols->sh_size / sizeof *out)
        return false;
    memcpy(out, l->object->data + l->symbols->sh_offset + index * sizeof *out, sizeof *out);
    return true;
}

/* Where a symbol stands in the image; not_kept where it does not. */
static uint64_t symbol_place(const struct linker *l, const Elf64_Sym *s)
{
    if (s->st_shndx == SHN_UNDEF || s->st_shndx >= l->header.e_shnum ||
        l->place[s->st_shndx] == not_kept || s->st_value > l->sections[s->st_shndx].sh_size)
        return not_kept;
    return l->place[s->st_shndx] + s->st_value;
}

static uint64_t function_place(const struct functions *f, const char *name)
{
    for (uint32_t i = 0; name != NULL && i < f->count; i++)
        if (strcmp(f->objects[i].name, name) == 0)
            return f->entry[i];
    return not_kept;
}

static bool relocate(const struct linker *l, const struct functions *functions, const Elf64_Rela *r,
                     uint32_t section, uint8_t *image)
{
    uint32_t type = ELF64_R_TYPE(r->r_info);
    Elf64_Sym symbol;

    if (!read_symbol(l, ELF64_R_SYM(r->r_info), &symbol))
        return refuse(l, "a relocation without a symbol", NULL);
    const char *name = name_at(l, l->strings, symbol.st_name);
    uint64_t target =
        symbol.st_shndx == SHN_UNDEF ? function_place(functions, name) : symbol_place(l, &symbol);
    if (target == not_kept)
        return refuse(l, "an undefined symbol", name);
    if (!l->machine->is_distance(type))
        return refuse(l, "a relocation that is no 32-bit distance", name);
    if (!range_inside(r->r_offset, 4, l->sections[section].sh_size))
        return refuse(l, "a relocation outside of its section", name);
    uint64_t from = l->place[section] + r->r_offset;
    int64_t distance = (int64_t)target + r->r_addend - (int64_t)from;
    if (distance < INT32_MIN || distance > INT32_MAX)
        return refuse(l, "a distance beyond 2 GiB", name);
    int32_t stored = (int32_t)distance;
    memcpy(image + from, &stored, sizeof stored);
    return true;
}

static bool relocate_sections(const struct linker *l, const struct functions *functions,
                              uint8_t *image)
{
    for (uint32_t i = 0; i < l->header.e_shnum; i++) {
        const Elf64_Shdr *s = &l->sections[i];
        if (s->sh_type != SHT_RELA || s->sh_info >= l->header.e_shnum ||
            l->place[s->sh_info] == not_kept)
            continue;
        for (uint64_t j = 0; j < s->sh_size / sizeof(Elf64_Rela); j++) {
            Elf64_Rela r;
            memcpy(&r, l->object->data + s->sh_offset + j * sizeof r, sizeof r);
            if (!relocate(l, functions, &r, s->sh_info, image))
                return false;
        }
    }
    return true;
}

static bool find_entry(const struct linker *l, uint64_t *entry, uint64_t *code_bytes)
{
    Elf64_Sym s;

    for (uint64_t i = 0; read_symbol(l, i, &s); i++) {
        if (ELF64_ST_TYPE(s.st_info) != STT_FUNC || ELF64_ST_BIND(s.st_info) != STB_GLOBAL)
            continue;
        *entry = symbol_place(l, &s);
        *code_bytes = s.st_size;
        return *entry != not_kept || refuse(l, "a function without code", NULL);
    }
    return refuse(l, "no function", NULL);
}

bool image_link(const struct machine *machine, const struct object *objects, uint32_t count,
                struct arena *a, struct target_code *out, struct diags *d)
{
    struct linker *all = arena_new(a, struct linker, count);
    uint64_t end = 0;

    *out = (struct target_code){.entry = arena_new(a, uint64_t, count),
                                .code_bytes = arena_new(a, uint64_t, count)};
    for (uint32_t i = 0; i < count; i++) {
        all[i] = (struct linker){.machine = machine, .object = &objects[i], .diags = d};
        if (!read_sections(&all[i], a) || !place_sections(&all[i], &end) ||
            !find_entry(&all[i], &out->entry[i], &out->code_bytes[i]))
            return false;
    }
    const struct functions functions = {objects, out->entry, count};
    out->image_bytes = round_up(end, 64);
    out->image = arena_alloc(a, out->image_bytes, 64);
    for (uint32_t i = 0; i < count; i++) {
        const struct linker *l = &all[i];
        for (uint32_t s = 0; s < l->header.e_shnum; s++)
            if (l->place[s] != not_kept)
                memcpy(out->image + l->place[s], l->object->data + l->sections[s].sh_offset,
                       l->sections[s].sh_size);
        if (!relocate_sections(l, &functions, out->image))
            return false;
    }
    return true;
}
