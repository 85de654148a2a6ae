/* The .rlx file format, version 2. Stands alone: the compiler writes it, the runtime maps it.
 *
 * Little-endian; offsets are bytes from the start of the file (or of the artifact, if a program
 * carries it); no pointers. A 64-byte header comes first; a table of sections may be anywhere.
 * Every string is an offset into the STRINGS section and ends with a NUL there. Sections that are
 * tables begin at multiples of 8.
 *
 * Compatibility. From 2.0 on, a newer runtime runs every older file of version 2:
 * - Every addition raises the minor version. Fields are only appended to entries, kinds of sections
 *   and values of enumerations only added, and nothing that is described here changes its meaning.
 *   The same holds for the calling interface of the code (rlx/kernel.h).
 * - A reader steps through a table by its entry_bytes. A field that an older file's entries do not
 *   have counts as zero, so zero in an appended field means what the format meant before.
 * - Reserved bytes are zero; a reader checks that in files of its own minor version and older ones.
 * - A writer names the lowest minor version that has everything the file uses.
 * - An older runtime reads a newer file as far as it can: it skips sections of unknown kinds unless
 *   RLX_SECTION_REQUIRED is set, takes of each entry what it knows, and refuses unknown values.
 * - The sections TOKENIZER and TEMPLATE have versions of their own, with the same rule.
 * A reader refuses another major version.
 *
 * An executable is the runtime as an ELF program that has this file, at a multiple of RLX_PAGE, as
 * its section RLX_PROGRAM_SECTION, and a program header of type RLX_PROGRAM_SEGMENT with its offset
 * and size. The header tells the running program that it carries a model; tools that strip programs
 * keep both.
 */
#ifndef RLX_ARTIFACT_H
#define RLX_ARTIFACT_H

#include <stdint.h>

#define RLX_MAGIC "\x89RLX\r\n\x1a\n" /* 8 bytes; text tools that convert line ends break it */
#define RLX_PROGRAM_SECTION ".rlx.model"
#define RLX_PROGRAM_SEGMENT 0x60524C58u /* operating systems ignore it; it ends with "RLX" */
#define RLX_ABSENT UINT64_MAX           /* of an offset: there is none */
#define RLX_NO_SLOT UINT32_MAX          /* of a slot: there is none; of a dimension: fixed */
#define RLX_MAIN_ENTRY "main"           /* the entry that sessions run */
enum {
    RLX_MAJOR = 2,
    RLX_MINOR = 0,
    RLX_PAGE = 4096,
    RLX_WEIGHT_ALIGNMENT = 256, /* of each tensor in WEIGHTS, which begins at a page */
    RLX_STATE_ALIGNMENT = 64,   /* of each state in its home */
    RLX_SLOT_MAX = 16,          /* sizes of a run: rlx_symbol */
    RLX_HOME_MAX = 16,
    RLX_RANK_MAX = 5,
};

struct rlx_header {
    char magic[8];
    uint16_t major, minor;
    uint32_t header_bytes; /* 64 */
    uint64_t file_bytes;
    uint32_t section_count, section_entry_bytes;
    uint64_t section_offset;
    uint64_t table_digest; /* XXH3-64 of one stream: the bytes of each section that is not flagged
                              RLX_SECTION_BULK, in the order of the table, then the section table */
    uint8_t reserved[16];
};
_Static_assert(sizeof(struct rlx_header) == 64, "fixed by the format");

enum rlx_section_kind {
    RLX_SECTION_STRINGS = 1, /* bytes; offset 0 is the empty string */
    RLX_SECTION_INFO,        /* one rlx_info */
    RLX_SECTION_MANIFEST,    /* JSON text, for people and tools */
    RLX_SECTION_LEVELS,      /* rlx_level; none: the file holds a tokenizer alone */
    RLX_SECTION_CODE,        /* bulk; images of the levels, page-aligned */
    RLX_SECTION_KERNELS,     /* rlx_kernel */
    RLX_SECTION_ENTRIES,     /* rlx_entry */
    RLX_SECTION_USES,        /* rlx_use */
    RLX_SECTION_SYMBOLS,     /* rlx_symbol, by slot */
    RLX_SECTION_VARIANTS,    /* rlx_variant_entry */
    RLX_SECTION_IO,          /* rlx_io */
    RLX_SECTION_STEPS,       /* rlx_step */
    RLX_SECTION_ARGS,        /* rlx_arg */
    RLX_SECTION_VALUES,      /* uint32_t: numbers that steps give to kernels */
    RLX_SECTION_STATES,      /* rlx_state_entry */
    RLX_SECTION_WEIGHTS,     /* bulk; packed weights and tables, page-aligned */
    RLX_SECTION_TENSORS,   /* rlx_tensor: what WEIGHTS contains, for inspection and verification */
    RLX_SECTION_TOKENIZER, /* its own format: rlx/tokenizer_format.h */
    RLX_SECTION_TEMPLATE,  /* the chat template, its own format: rlx/template_format.h */
    RLX_SECTION_SAMPLING,  /* one rlx_sampling_entry: what the publisher recommends */
    RLX_SECTION_LICENSE,   /* text: the model's own licence, where its publisher states one */
    RLX_SECTION_GRAMMAR,   /* reserved: a grammar of outputs */
    RLX_SECTION_ADAPTERS,  /* reserved: adapters of weights */
    RLX_SECTION_SELF_TEST, /* reserved: inputs and the outputs expected of them */
    RLX_SECTION_KINDS
};

enum {
    RLX_SECTION_REQUIRED = 1 /* refuse the file if the kind is unknown */,
    RLX_SECTION_BULK = 2 /* not in table_digest; verified by rlx info --verify */
};

struct rlx_section {
    uint32_t kind, flags;
    uint64_t offset, bytes;
    uint32_t count, entry_bytes; /* tables; else 0 */
};
_Static_assert(sizeof(struct rlx_section) == 32, "fixed by the format");

/* Elements of states, inputs and outputs. RLX_Q8 is for states: integers and scales, with K
 * Hadamard-rotated (compiler/lir/kernel_kinds.def). 3 was the same without the rotation of K. */
enum rlx_element { RLX_F32 = 1, RLX_F16 = 2, RLX_Q8 = 4, RLX_I32 = 5 };

/* What a model does not have is 0. */
struct rlx_info {
    uint32_t name, architecture, source, compiler; /* strings */
    uint32_t numerics;                             /* string: "exact", "default", … */
    uint32_t vocabulary; /* width of the logits of entry main; without them, tokens of the
                            tokenizer */
    uint32_t hidden, layers, heads, kv_heads, head_dim;
    uint32_t context;       /* positions that the rows states and tables hold */
    uint32_t kv_element;    /* rlx_element of the keys and values; 0: there are none */
    uint32_t short_run_max; /* the largest number of new tokens that uses the arithmetic of
                               decode */
    uint32_t lm_head_rows_max;
    uint32_t reserved;
    uint64_t state_bytes;   /* of the home STATE: all states of one sequence but the carried ones */
    uint64_t carried_bytes; /* of each of the homes CARRIED_IN and CARRIED_OUT of one sequence */
    uint64_t weight_digest; /* XXH3-64 of the WEIGHTS section */
    uint64_t model_digest;  /* digest of what determines the states: graph, weights, arithmetic;
                               saved states carry it */
    uint64_t parameters;
    uint64_t decode_bytes; /* bytes of weights that one decoded token reads */
    uint64_t reserved_bytes[2];
};
_Static_assert(sizeof(struct rlx_info) == 128, "fixed by the format");

/* ---- code ---- */

/* Features of x86-64 that code needs, as the machine reports them. */
enum rlx_cpu_feature {
    RLX_CPU_AVX2 = 1 << 0,
    RLX_CPU_FMA = 1 << 1,
    RLX_CPU_F16C = 1 << 2,
    RLX_CPU_BMI2 = 1 << 3,
    RLX_CPU_AVX512F = 1 << 4,
    RLX_CPU_AVX512BW = 1 << 5,
    RLX_CPU_AVX512DQ = 1 << 6,
    RLX_CPU_AVX512VL = 1 << 7,
    RLX_CPU_AVX512CD = 1 << 8,
    RLX_CPU_AVX512VNNI = 1 << 9,
    RLX_CPU_AVX512BF16 = 1 << 10,
    RLX_CPU_AMX_TILE = 1 << 11,
    RLX_CPU_AMX_INT8 = 1 << 12,
    RLX_CPU_AMX_BF16 = 1 << 13,
};

/* The same weights and states for all levels; a machine runs one of them. */
struct rlx_level {
    uint32_t name;     /* string */
    uint32_t target;   /* string: "cpu", "vulkan", "c" */
    uint32_t machine;  /* e_machine of ELF: 62 for x86-64; 0: code of no machine's own */
    uint32_t reserved; /* 0 */
    uint64_t features; /* what the machine must have, in bits of its own: x86-64: rlx_cpu_feature;
                          vulkan: rlx_shader_feature */
    uint64_t image_offset, image_bytes; /* in the file, page-aligned; mapped executable without
                                           changes; vulkan: SPIR-V modules, each at a kernel's
                                           entry. 0 bytes: the file holds no code, because that
                                           is source for any machine (machine 0) */
    uint64_t image_digest;              /* XXH3-64 of the image, or what the source says of itself
                                           (rlx/model_code.h) */
    uint32_t first_kernel, kernel_count;
    uint32_t first_variant, variant_count;
};
_Static_assert(sizeof(struct rlx_level) == 64, "fixed by the format");

struct rlx_kernel {
    uint32_t name, kind; /* strings */
    uint64_t key;
    uint64_t entry; /* offset in the level's image */
    uint64_t code_bytes;
};
_Static_assert(sizeof(struct rlx_kernel) == 32, "fixed by the format");

/* ---- entries: ways into the graph ---- */

/* An entry writes all carried states or none of them. */
struct rlx_entry {
    uint32_t name; /* string: "main", "encode" */
    uint32_t reserved;
    uint32_t first_use, use_count; /* the states that it reads or writes, each once */
};
_Static_assert(sizeof(struct rlx_entry) == 16, "fixed by the format");

enum rlx_access { RLX_READS = 1, RLX_WRITES = 2 };
struct rlx_use {
    uint32_t state;     /* in STATES */
    uint32_t access;    /* rlx_access bits; not 0 */
    uint32_t rows_slot; /* of a cross state that the entry writes: counts the rows that it writes;
                           else RLX_NO_SLOT */
    uint32_t reserved;
};
_Static_assert(sizeof(struct rlx_use) == 16, "fixed by the format");

/* A size of a run, by slot: rlx_launch.dims[slot]. First the six of rlx_dim (BATCH, SEQ, ROWS,
 * PAST_SEQ, OUT_ROWS, KEYS), then the model's own symbols, then sizes that follow from one of
 * these: floor((multiply * size of `symbol` + add) / divide). A symbol has itself as `symbol`,
 * with 1, 0 and 1. */
struct rlx_symbol {
    uint32_t name;   /* string: "ROWS", "FRAMES", "(FRAMES / 2)" */
    uint32_t symbol; /* a slot, below the first derived one */
    int64_t multiply, add, divide;
    uint64_t min, max; /* bounds in every run */
};
_Static_assert(sizeof(struct rlx_symbol) == 48, "fixed by the format");

enum rlx_direction { RLX_INPUT = 1, RLX_OUTPUT = 2 };
enum rlx_role {
    RLX_ROLE_DATA = 1,  /* the caller gives it or reads it by name */
    RLX_ROLE_TOKENS,    /* input i32 [ROWS] */
    RLX_ROLE_POSITIONS, /* input i32 [ROWS] */
    RLX_ROLE_OUT_ROWS,  /* input i32 [OUT_ROWS]: the rows whose logits are wanted */
    RLX_ROLE_LOGITS,    /* output f32 [OUT_ROWS, width]; of entry main, width is the vocabulary */
};

/* An input or output of a variant. All variants of an entry have the same ones in the same order;
 * only places and bytes differ. A row is what stands at one place of the first dimension: its
 * elements are next to each other, and rows are `stride` elements apart. */
struct rlx_io {
    uint32_t name;          /* string */
    uint32_t direction;     /* rlx_direction */
    uint32_t role;          /* rlx_role */
    uint32_t element;       /* RLX_F32 or RLX_I32 */
    uint32_t home;          /* RLX_HOME_INPUT or RLX_HOME_OUTPUT */
    uint32_t rank;          /* 1 to RLX_RANK_MAX */
    uint64_t offset, bytes; /* in the home; bytes at the sizes `upper` of the variant */
    uint32_t stride;        /* rank 1: 1 */
    uint32_t limit;         /* input of RLX_I32: all values are below it; 0: not known */
    struct rlx_io_dim {
        uint32_t slot; /* RLX_NO_SLOT: `size` is fixed */
        uint32_t size; /* 0 with a slot */
    } dims[RLX_RANK_MAX];
};
_Static_assert(sizeof(struct rlx_io) == 88, "fixed by the format");

/* ---- variants, steps ---- */

enum rlx_phase { RLX_PHASE_PREFILL, RLX_PHASE_DECODE, RLX_PHASE_ENCODER, RLX_PHASE_INFERENCE };
enum rlx_home {
    RLX_HOME_WEIGHT,
    RLX_HOME_STATE,
    RLX_HOME_SCRATCH,
    RLX_HOME_THREAD,
    RLX_HOME_INPUT,
    RLX_HOME_OUTPUT,
    RLX_HOME_CARRIED_IN,  /* carried states before the run */
    RLX_HOME_CARRIED_OUT, /* and after it, at the same offsets */
    RLX_HOME_ADAPTER,     /* reserved */
    RLX_HOME_COUNT
};

/* One specialization of an entry. It serves runs of any size up to `upper`; of entry main, those
 * with first_rows..last_rows rows of ROWS after any past that fits the context. */
struct rlx_variant_entry {
    uint64_t key;
    uint32_t name;  /* string */
    uint32_t entry; /* in ENTRIES */
    uint32_t phase, batch, seq;
    uint32_t first_rows, last_rows;
    uint32_t first_step, step_count;
    uint32_t lm_head_step; /* relative to first_step; the steps from here on compute what has
                              OUT_ROWS rows. step_count: there are none */
    uint32_t lm_head_rows; /* OUT_ROWS at most in one pass over these steps; 0: there are none */
    uint32_t first_io, io_count;
    uint32_t reserved;
    uint32_t upper[RLX_SLOT_MAX];      /* sizes that the homes are made for, by slot; 0: the
                                          variant has no such size */
    uint64_t home_bytes[RLX_HOME_MAX]; /* scratch, thread (each), input, output; others 0 */
    uint64_t segments; /* in the input home: rlx_segment [BATCH]; RLX_ABSENT: no step reads it */
    uint64_t row_segments; /* in the input home: i32 [ROWS], the segment of each row; RLX_ABSENT */
};
_Static_assert(sizeof(struct rlx_variant_entry) == 272, "fixed by the format");

enum {
    RLX_STEP_BARRIER = 1,    /* all threads meet before the step */
    RLX_STEP_REPLICATED = 2, /* each thread computes all tiles into its own memory */
    RLX_STEP_SHARED = 4,     /* any thread may compute any tile; without it, thread t of T computes
                                [n t / T, n (t + 1) / T) of n tiles: a later step relies on it */
    RLX_STEP_REPLAY = 8,     /* advances a carried state; what it reads stays to the end of the run,
                                so it may run again for fewer rows */
    RLX_STEP_SCATTERED = 16, /* what a tile reads lies in many places, each beside the next tile's:
                                threads take many tiles at a time */
    RLX_STEP_FLAGS = 31      /* all that there are */
};

struct rlx_step {
    uint32_t kernel;    /* relative to the level's first_kernel */
    uint32_t first_arg; /* in ARGS */
    uint16_t arg_count;
    uint8_t flags;
    uint8_t tile_symbol; /* a slot */
    uint32_t tile_unit;  /* tiles * ceil(dims[tile_symbol] / tile_unit); 0: just `tiles` */
    uint32_t tiles;
    uint32_t name;                     /* string */
    uint32_t first_value, value_count; /* in VALUES: what rlx_launch.values begins with */
    uint64_t tile_bytes;               /* bytes of weights that one tile reads; 0: none */
};
_Static_assert(sizeof(struct rlx_step) == 40, "fixed by the format");

/* Memory of a step: what the kernel may touch. */
struct rlx_arg {
    uint64_t offset; /* from the start of the home; WEIGHT: from the start of the WEIGHTS section */
    uint64_t bytes;
    uint32_t home; /* rlx_home */
    uint32_t reserved;
};
_Static_assert(sizeof(struct rlx_arg) == 24, "fixed by the format");

/* ---- states ---- */

enum rlx_state_class {
    RLX_CLASS_ROWS = 1, /* row p of a sequence is position p */
    RLX_CLASS_RING,     /* position p is row p mod capacity */
    RLX_CLASS_CARRIED,  /* every run replaces it: read in CARRIED_IN, written in CARRIED_OUT */
    RLX_CLASS_CROSS,    /* one entry writes it, others read its first rows */
};
enum rlx_state_role { RLX_STATE_KEY = 1, RLX_STATE_VALUE, RLX_STATE_DATA };
/* KEYS: [head][row / 16][width][16]. VALUES: [head][row][round_up(width, 16)]. RLX_Q8 groups four
 * elements of a key, and its scales [head][row] of f16 follow. PLAIN: [row][heads * width]. */
enum rlx_state_layout { RLX_LAYOUT_KEYS = 1, RLX_LAYOUT_VALUES, RLX_LAYOUT_PLAIN };

/* Memory of one sequence that outlives a run. States of class scratch are not here: they do not. */
struct rlx_state_entry {
    uint32_t name;   /* string: "past_k_0" */
    uint32_t class_; /* rlx_state_class */
    uint32_t role;   /* rlx_state_role */
    uint32_t element, layout;
    uint32_t layer;
    uint32_t heads, width; /* width: elements of a head in one row */
    uint32_t capacity;     /* rows; KEYS and VALUES: a multiple of 64 */
    uint32_t rows_slot;    /* cross: counts the rows that it holds; else RLX_NO_SLOT */
    uint32_t home;         /* RLX_HOME_STATE; carried: RLX_HOME_CARRIED_IN */
    uint32_t window;       /* ring: keys that a query sees at most; a run has at most
                              capacity - window + 1 rows. Else 0 */
    uint64_t offset, bytes;
};
_Static_assert(sizeof(struct rlx_state_entry) == 64, "fixed by the format");

/* ---- weights, sampling ---- */

struct rlx_tensor {
    uint32_t name, layout;                 /* strings */
    uint64_t rows, columns, offset, bytes; /* in WEIGHTS */
    uint64_t digest;                       /* XXH3-64 of its bytes */
};
_Static_assert(sizeof(struct rlx_tensor) == 48, "fixed by the format");

/* Bits of rlx_sampling_entry.given; a reader ignores unknown bits. */
enum rlx_sampling_given {
    RLX_GIVEN_TEMPERATURE = 1,
    RLX_GIVEN_TOP_K = 2,
    RLX_GIVEN_TOP_P = 4,
    RLX_GIVEN_MIN_P = 8,
    RLX_GIVEN_REPETITION_PENALTY = 16,
    RLX_GIVEN_PENALTY_WINDOW = 32,
};

/* The publisher's recommendation for generation; what is not given is 0. It is not part of
 * model_digest: a saved state does not depend on it. */
struct rlx_sampling_entry {
    uint32_t given;           /* rlx_sampling_given */
    float temperature;        /* 0: greedy */
    uint32_t top_k;           /* 0: all */
    float top_p;              /* above 0, at most 1 */
    float min_p;              /* 0 to 1 */
    float repetition_penalty; /* above 0; 1: none */
    uint32_t penalty_window;  /* tokens; 0: no penalties, 2^32-1: all */
    uint32_t reserved;
};
_Static_assert(sizeof(struct rlx_sampling_entry) == 32, "fixed by the format");

#endif
