/* Finds the model that an ELF program carries, by its program header (rlx/artifact.h). In: the
 * first bytes of a file that may be hostile. Out: the place of the model. */
#ifndef RLX_CARRIED_H
#define RLX_CARRIED_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The headers are within this many bytes at the beginning of the file. */
enum { CARRIED_FIRST_BYTES = 4096 };

struct carried {
    uint64_t offset, bytes;
};

bool carried_is_elf(const uint8_t *first, uint64_t bytes);
/* The first of `count` program headers that has this type, or NULL. */
const Elf64_Phdr *carried_header(const Elf64_Phdr *headers, size_t count, uint32_t type);
/* The table of program headers of a file; NULL if `first` holds none or only a part. `first` is
 * aligned to 8 bytes. */
const Elf64_Phdr *carried_headers(const uint8_t *first, uint64_t bytes, size_t *count);
/* False: the program carries no model. Does not check that the model is inside the file. */
bool carried_find(const uint8_t *first, uint64_t bytes, struct carried *out);

#endif
