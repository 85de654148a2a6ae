/* Reads artifacts to show them. The checker that the runtime uses too (runtime/base) finds what is
 * wrong. Every access here is checked at use as well, so that damaged and hostile files can be shown
 * as far as they make sense. */
#ifndef RLXC_INSPECT_H
#define RLXC_INSPECT_H

#include "compiler/base/out.h"
#include "runtime/base/artifact_check.h"

enum { INSPECT_KINDS = RLX_SECTION_KINDS };

struct inspected {
    const char *name;    /* name of the file, for messages */
    const uint8_t *data; /* the artifact, without the program around it */
    uint64_t bytes;
    uint64_t payload_offset; /* in the file; 0: not an executable */
    struct artifact artifact;
    struct rlx_section sections[INSPECT_KINDS]; /* by kind; a kind of 0: absent */
    bool tables_hold;                           /* the checker found nothing wrong in the tables */
    struct diags *diags;
    struct text *out;
    uint32_t lines_left; /* hostile tables could refer to each other without end */
};

/* Finds the artifact in the bytes of a file (alone, or after a program) and checks it: header,
 * sections, digest, tables, each level. False: nothing can be shown. What is wrong elsewhere is an
 * error in `d`, the first of the shared tables and the first of each level, but the file can still
 * be shown. */
bool inspect_open(struct inspected *in, const char *name, const uint8_t *data, uint64_t bytes,
                  struct diags *d);
/* Everything as text; with `verbose`, each step and its arguments too. False: something is wrong,
 * and the diags say what. */
bool inspect_text(struct inspected *in, bool verbose, struct text *out);
/* Reads weights and code and checks their digests; false too if the tables do not hold. */
bool inspect_verify(struct inspected *in);
/* The manifest's bytes; NULL if there is none. */
const char *inspect_manifest(const struct inspected *in, uint64_t *bytes);

/* Entry `index` of a table; fields that the file does not have are zero. False: there is no such
 * entry. */
bool inspect_entry(const struct inspected *in, enum rlx_section_kind kind, uint64_t index,
                   void *entry, size_t bytes);
uint32_t inspect_count(const struct inspected *in, enum rlx_section_kind kind);
/* A string of STRINGS, with non-printable bytes escaped; "(bad string)" if it is not inside. */
const char *inspect_string(const struct inspected *in, uint32_t offset);

#endif
