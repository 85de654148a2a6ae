/* Finds the model inside a program. Contract: carried.h. Source: the System V ABI, chapter 5. */
#include "runtime/base/carried.h"

#include <rlx/artifact.h>

#include <string.h>

bool carried_is_elf(const uint8_t *first, uint64_t bytes)
{
    return bytes >= SELFMAG && memcmp(first, ELFMAG, SELFMAG) == 0;
}

const Elf64_Phdr *carried_header(const Elf64_Phdr *headers, size_t count, uint32_t type)
{
    for (size_t i = 0; i < count; i++)
        if (headers[i].p_type == type)
            return &headers[i];
    return NULL;
}

const Elf64_Phdr *carried_headers(const uint8_t *first, uint64_t bytes, size_t *count)
{
    Elf64_Ehdr elf;

    *count = 0;
    if (bytes < sizeof elf || !carried_is_elf(first, bytes))
        return NULL;
    memcpy(&elf, first, sizeof elf);
    if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_phentsize != sizeof(Elf64_Phdr) ||
        elf.e_phoff % 8 != 0 || elf.e_phoff > bytes ||
        elf.e_phnum * sizeof(Elf64_Phdr) > bytes - elf.e_phoff)
        return NULL;
    *count = elf.e_phnum;
    return (const Elf64_Phdr *)(const void *)(first + elf.e_phoff);
}

bool carried_find(const uint8_t *first, uint64_t bytes, struct carried *out)
{
    size_t count;
    const Elf64_Phdr *headers = carried_headers(first, bytes, &count);
    const Elf64_Phdr *own = carried_header(headers, count, RLX_PROGRAM_SEGMENT);

    if (own != NULL)
        *out = (struct carried){own->p_offset, own->p_filesz};
    return own != NULL;
}
