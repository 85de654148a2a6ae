/* Reads artifacts to show them: a second reader of rlx/artifact.h, independent of the runtime's and
 * of what the packer wrote. Every access is checked where it happens, so that damaged and hostile
 * files can be shown as far as they make sense.
 */
#ifndef RLXC_INSPECT_H
#define RLXC_INSPECT_H

#include "compiler/base/out.h"
#include "rlx/artifact.h"

enum { INSPECT_KINDS = RLX_SECTION_SAMPLING + 1 };

struct inspected {
    const char *name;    /* of the file, for messages */
    const uint8_t *data; /* the artifact, without the program around it */
    uint64_t bytes;
    uint64_t payload_offset; /* in the file; 0: it is no executable */
    struct rlx_header header;
    struct rlx_section sections[INSPECT_KINDS]; /* by kind; kind 0: not there */
    struct diags *diags;
    struct text *out;
    uint32_t lines_left;    /* hostile tables could name each other without end */
    uint64_t bytes_to_hash; /* and the same weights many times */
};

/* Finds the artifact in the bytes of a file (alone, or after a program) and checks header, table of
 * sections and digest. False: nothing can be shown. A wrong digest is an error in `d`, but the file
 * can be shown. */
bool inspect_open(struct inspected *in, const char *name, const uint8_t *data, uint64_t bytes,
                  struct diags *d);
/* Everything as text; with `verbose` each step and its arguments too. False: something is wrong;
 * the diags say what. */
bool inspect_text(struct inspected *in, bool verbose, struct text *out);
/* Reads weights and code and compares their digests. */
bool inspect_verify(struct inspected *in);
/* The manifest's bytes; NULL where there is none. */
const char *inspect_manifest(const struct inspected *in, uint64_t *bytes);

/* Entry `index` of a table, as much of it as there is, the rest zero. False: there is no such
 * entry. */
bool inspect_entry(const struct inspected *in, enum rlx_section_kind kind, uint64_t index,
                   void *entry, size_t bytes);
uint32_t inspect_count(const struct inspected *in, enum rlx_section_kind kind);
/* A string of STRINGS, with bytes that do not print escaped; "(bad string)" and an error where it
 * does not lie inside. */
const char *inspect_string(const struct inspected *in, uint32_t offset);

#endif
