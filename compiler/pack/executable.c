/* Makes executables. In: the runtime as a statically linked program, and an artifact that the
 * caller writes between begin and end. Out: the program, its table of sections with one more,
 * padding to a page, the artifact. A program header says where the artifact is (rlx/artifact.h). It
 * replaces one that only describes the program, because the table has no room for another. Source:
 * the System V ABI, chapters 4 and 5.
 */
#include "compiler/pack/executable.h"

#include "compiler/base/file.h"
#include "runtime/base/carried.h"

#include <rlx/artifact.h>

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

bool executable_find_runtime(struct arena *a, const char **path, struct diags *d)
{
    char self[PATH_MAX];

    /* Without /proc: the name that rlxc was started by. */
    if (realpath("/proc/self/exe", self) == NULL &&
        realpath((const char *)getauxval(AT_EXECFN), self) == NULL)
        return diag_error(
            d, (struct place){0},
            "cannot find the directory of this program; name the runtime with --runtime=PATH");
    char *slash = strrchr(self, '/');
    int folder_bytes = slash == NULL ? 0 : (int)(slash - self);
    /* After a build, it is next to the compiler; after an installation, in its own folder. */
    static const char *const places[] = {"rlx-static", RLX_INSTALLED_RUNTIME};
    for (size_t i = 0; i < countof(places); i++) {
        *path = arena_printf(a, "%.*s/%s", folder_bytes, self, places[i]);
        if (access(*path, R_OK) == 0)
            return true;
    }
    diag_error(d, (struct place){.file = *path}, "the runtime for executables is missing");
    diag_note(d, "it is not next to rlxc either; name another place with --runtime=PATH");
    return false;
}

/* The runtime program and its changed tables. */
struct program {
    struct file file;
    Elf64_Ehdr elf;
    Elf64_Shdr *sections; /* those of the file and one more, for the model */
    char *names;          /* of sections, including the new one */
    uint64_t names_bytes;
    uint64_t header_at; /* offset of the program header to replace */
    struct diags *diags;
};

static bool refuse(const struct program *p, const char *what)
{
    return diag_error(p->diags, (struct place){.file = p->file.path},
                      "expected the runtime as an ELF program, found %s", what);
}

/* The contents of a note are also a section, and property notes have headers of both types. */
static bool find_header(struct program *p)
{
    static const uint32_t expendable[] = {PT_NULL, PT_GNU_PROPERTY, PT_NOTE};
    size_t count;
    const Elf64_Phdr *headers =
        carried_headers(p->file.data, min_u64(p->file.bytes, CARRIED_FIRST_BYTES), &count);
    const Elf64_Phdr *header = NULL;

    if (headers == NULL)
        return refuse(p, "something else");
    if (carried_header(headers, count, RLX_PROGRAM_SEGMENT) != NULL)
        return refuse(p, "one that already carries a model");
    for (uint32_t i = 0; i < countof(expendable) && header == NULL; i++)
        header = carried_header(headers, count, expendable[i]);
    if (header == NULL)
        return refuse(p, "one without a program header for notes, whose place the model's takes");
    p->header_at = (uint64_t)((const uint8_t *)header - p->file.data);
    return true;
}

static bool read_sections(struct program *p)
{
    const Elf64_Ehdr *elf = &p->elf;
    uint64_t bytes = (uint64_t)elf->e_shnum * sizeof(Elf64_Shdr);

    if (elf->e_shentsize != sizeof(Elf64_Shdr) || elf->e_shnum == 0 ||
        elf->e_shnum >= SHN_LORESERVE - 1 || elf->e_shstrndx >= elf->e_shnum ||
        !range_inside(elf->e_shoff, bytes, p->file.bytes))
        return refuse(p, "one without a table of sections");
    p->sections = arena_new(p->diags->arena, Elf64_Shdr, elf->e_shnum + 1u);
    memcpy(p->sections, p->file.data + elf->e_shoff, bytes);
    const Elf64_Shdr *names = &p->sections[elf->e_shstrndx];
    if (names->sh_type != SHT_STRTAB ||
        !range_inside(names->sh_offset, names->sh_size, p->file.bytes))
        return refuse(p, "one without names of sections");
    p->names_bytes = names->sh_size + sizeof RLX_PROGRAM_SECTION;
    p->names = arena_alloc(p->diags->arena, p->names_bytes, 1);
    memcpy(p->names, p->file.data + names->sh_offset, names->sh_size);
    memcpy(p->names + names->sh_size, RLX_PROGRAM_SECTION, sizeof RLX_PROGRAM_SECTION);
    return true;
}

/* Follows the program up to its table of sections, which linkers put last: names, table, then the
 * model at a page. */
static bool write_program(const struct program *p, struct out *out, struct executable *e)
{
    Elf64_Ehdr elf = p->elf;
    uint64_t table_bytes = (uint64_t)elf.e_shnum * sizeof(Elf64_Shdr);
    bool last = elf.e_shoff + table_bytes == p->file.bytes;
    uint64_t names_at = last ? elf.e_shoff : p->file.bytes;
    Elf64_Shdr *names = &p->sections[elf.e_shstrndx], *model = &p->sections[elf.e_shnum];

    elf.e_shoff = round_up(names_at + p->names_bytes, 8);
    elf.e_shnum++;
    table_bytes += sizeof(Elf64_Shdr);
    e->model_at = round_up(elf.e_shoff + table_bytes, RLX_PAGE);
    *model = (Elf64_Shdr){.sh_name = (Elf64_Word)names->sh_size,
                          .sh_type = SHT_PROGBITS,
                          .sh_offset = e->model_at,
                          .sh_addralign = RLX_PAGE};
    names->sh_offset = names_at;
    names->sh_size = p->names_bytes;
    const Elf64_Phdr header = {.p_type = RLX_PROGRAM_SEGMENT,
                               .p_flags = PF_R,
                               .p_offset = e->model_at,
                               .p_align = RLX_PAGE};
    e->size_at[0] = p->header_at + offsetof(Elf64_Phdr, p_filesz);
    e->size_at[1] = elf.e_shoff + table_bytes - sizeof *model + offsetof(Elf64_Shdr, sh_size);
    return out_write(out, p->file.data, names_at) && out_write(out, p->names, p->names_bytes) &&
           out_pad(out, 8) && out_write(out, p->sections, table_bytes) && out_pad(out, RLX_PAGE) &&
           out_write_at(out, 0, &elf, sizeof elf) &&
           out_write_at(out, p->header_at, &header, sizeof header);
}

bool executable_begin(struct out *out, const char *runtime_path, struct executable *e,
                      struct diags *d)
{
    struct program p = {.diags = d};

    if (!file_map(runtime_path, &p.file, d))
        return false;
    bool good = find_header(&p);
    if (good)
        memcpy(&p.elf, p.file.data, sizeof p.elf);
    good = good && read_sections(&p) && write_program(&p, out, e);
    file_unmap(&p.file);
    return good;
}

bool executable_end(struct out *out, const struct executable *e)
{
    uint64_t bytes = out->bytes - e->model_at;

    return out_write_at(out, e->size_at[0], &bytes, sizeof bytes) &&
           out_write_at(out, e->size_at[1], &bytes, sizeof bytes);
}
