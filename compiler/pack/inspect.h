/* Reads artifacts to show them. This second reader of rlx/artifact.h is independent of the runtime
 * and of the packer. It checks every access at use, so that damaged and hostile files can be shown
 * as far as they make sense. */
#ifndef RLXC_INSPECT_H
#define RLXC_INSPECT_H

#include "compiler/base/out.h"
#include "rlx/artifact.h"

enum { INSPECT_KINDS = RLX_SECTION_VALUES + 1 };

struct inspected {
    const char *name;    /* name of the file, for messages */
    const uint8_t *data; /* the artifact, without the program around it */
    uint64_t bytes;
    uint64_t payload_offset; /* in the file; 0: not an executable */
    struct rlx_header header;
    struct rlx_section sections[INSPECT_KINDS]; /* by kind; a kind of 0: absent */
    struct diags *diags;
    struct text *out;
    uint32_t lines_left;    /* hostile tables could refer to each other without end */
    uint64_t bytes_to_hash; /* and to the same weights many times */
};

/* Finds the artifact in the bytes of a file (alone, or after a program) and checks header, table of
 * sections and digest. False: nothing can be shown. A wrong digest is an error in `d`, but the file
 * can still be shown. */
bool inspect_open(struct inspected *in, const char *name, const uint8_t *data, uint64_t bytes,
                  struct diags *d);
/* Everything as text; with `verbose`, each step and its arguments too. False: something is wrong,
 * and the diags say what. */
bool inspect_text(struct inspected *in, bool verbose, struct text *out);
/* Reads weights and code and checks their digests. */
bool inspect_verify(struct inspected *in);
/* The manifest's bytes; NULL if there is none. */
const char *inspect_manifest(const struct inspected *in, uint64_t *bytes);

/* Entry `index` of a table; fields that the file does not have are zero. False: there is no such
 * entry. */
bool inspect_entry(const struct inspected *in, enum rlx_section_kind kind, uint64_t index,
                   void *entry, size_t bytes);
uint32_t inspect_count(const struct inspected *in, enum rlx_section_kind kind);
/* A string of STRINGS, with non-printable bytes escaped; "(bad string)" and an error if it is not
 * inside. */
const char *inspect_string(const struct inspected *in, uint32_t offset);

#endif
