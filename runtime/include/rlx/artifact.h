/* The .rlx file format, version 1. Stands alone: the compiler writes it, the runtime maps it.
 *
 * Little-endian; offsets are bytes from the start of the file (or of the artifact, if a program
 * carries it); no pointers. A 64-byte header comes first; a table of sections may be anywhere. A
 * reader refuses another major version, skips sections of unknown kinds unless RLX_SECTION_REQUIRED
 * is set, and reads at most entry_bytes of each entry of a table, so that a newer writer may append
 * fields. Every string is an offset into the STRINGS section and ends with a NUL there. All
 * reserved bytes are zero.
 *
 * Every addition to the format raises the minor version: fields, sections, and values of
 * enumerations (dimensions, elements of states, flags of steps). A reader reads all minor versions
 * up to its own. From a newer file it takes what it knows, and it refuses unknown values.
 *
 * 1.1: KEYS among the dimensions, rlx_variant_entry.row_states, RLX_STEP_SHARED, RLX_Q8.
 * 1.2: the sections TEMPLATE and SAMPLING.
 * 1.3: the section VALUES, rlx_step.first_value and value_count.
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
enum { RLX_MAJOR = 1, RLX_MINOR = 3, RLX_PAGE = 4096 };

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
    RLX_SECTION_LEVELS,      /* rlx_level */
    RLX_SECTION_CODE,        /* bulk; images of the levels, page-aligned */
    RLX_SECTION_KERNELS,     /* rlx_kernel */
    RLX_SECTION_VARIANTS,    /* rlx_variant_entry */
    RLX_SECTION_STEPS,       /* rlx_step */
    RLX_SECTION_ARGS,        /* rlx_arg */
    RLX_SECTION_STATES,      /* rlx_state_entry */
    RLX_SECTION_WEIGHTS,     /* bulk; packed weights and tables, page-aligned */
    RLX_SECTION_TENSORS,   /* rlx_tensor: what WEIGHTS contains, for inspection and verification */
    RLX_SECTION_TOKENIZER, /* its own format: rlx/tokenizer_format.h; without it the model works
                              on ids alone */
    RLX_SECTION_LICENSE,   /* text: the model's own licence, where its publisher states one */
    RLX_SECTION_TEMPLATE,  /* the chat template, its own format: rlx/template_format.h */
    RLX_SECTION_SAMPLING,  /* one rlx_sampling_entry: the sampling that the publisher recommends */
    RLX_SECTION_VALUES,    /* uint32_t: numbers that steps give to kernels */
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

/* RLX_Q8 is for states: integers and scales, with K Hadamard-rotated
 * (compiler/lir/kernel_kinds.def). 3 was the same without the rotation of K. */
enum rlx_element { RLX_F32 = 1, RLX_F16 = 2, RLX_Q8 = 4 };

struct rlx_info {
    uint32_t name, architecture, source, compiler; /* strings */
    uint32_t vocabulary, hidden, layers, heads, kv_heads, head_dim;
    uint32_t context;       /* number of positions that the states and tables hold */
    uint32_t numerics;      /* string: "exact", "default", … */
    uint32_t kv_element;    /* rlx_element */
    uint32_t logits_stride; /* elements between rows of logits */
    uint32_t short_run_max; /* the largest number of new tokens that uses the arithmetic of
                                decode */
    uint32_t lm_head_rows_max;
    uint64_t state_bytes;   /* size of the state home: all states of one sequence */
    uint64_t weight_digest; /* XXH3-64 of the WEIGHTS section */
    uint64_t model_digest;  /* digest of what determines a KV cache: graph, weights, arithmetic;
                               saved states carry it */
    uint64_t parameters;
    uint64_t decode_bytes; /* bytes of weights that one decoded token reads */
};

/* Features that code needs, as the machine reports them. */
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
};

struct rlx_level {
    uint32_t name;                      /* string */
    uint32_t target;                    /* string: "cpu" */
    uint64_t features;                  /* rlx_cpu_feature bits that the machine must have */
    uint64_t image_offset, image_bytes; /* in the file, page-aligned; mapped executable without
                                           changes */
    uint32_t first_kernel, kernel_count;
    uint32_t first_variant, variant_count;
    uint64_t image_digest; /* XXH3-64 of the image */
};

struct rlx_kernel {
    uint32_t name, kind; /* strings */
    uint64_t key;
    uint64_t entry; /* offset in the level's image */
    uint64_t code_bytes;
};

enum rlx_phase { RLX_PHASE_PREFILL, RLX_PHASE_DECODE, RLX_PHASE_ENCODER, RLX_PHASE_INFERENCE };
enum rlx_home {
    RLX_HOME_WEIGHT,
    RLX_HOME_STATE,
    RLX_HOME_SCRATCH,
    RLX_HOME_THREAD,
    RLX_HOME_INPUT,
    RLX_HOME_OUTPUT,
    RLX_HOME_COUNT
};

/* One specialization. It serves first_rows..last_rows new tokens after any past that fits the
 * context. */
struct rlx_variant_entry {
    uint64_t key;
    uint32_t name; /* string */
    uint32_t phase, batch, seq;
    uint32_t first_rows, last_rows;
    uint32_t first_step, step_count;
    uint32_t lm_head_step; /* relative to first_step; the steps from here on compute the logits of
                           out_rows */
    uint32_t lm_head_rows; /* rows of logits per pass over the lm_head, at most */
    uint64_t home_bytes[RLX_HOME_COUNT];  /* scratch, thread (each), input, output; others 0 */
    uint64_t tokens, positions, out_rows; /* offsets in the input home */
    uint64_t logits;                      /* offset in the output home */
    /* Offsets in the input home: struct rlx_segment [batch], and if batch > 1 i32 [rows], the
     * segment of each row. first_rows..last_rows then count sequences, each with one new token. */
    uint64_t segments, row_segments;
};

enum {
    RLX_STEP_BARRIER = 1,    /* all threads meet before the step */
    RLX_STEP_REPLICATED = 2, /* each thread computes all tiles into its own memory */
    RLX_STEP_SHARED = 4,     /* any thread may compute any tile; without it, thread t of T computes
                                [n t / T, n (t + 1) / T) of n tiles: a later step relies on it */
};

struct rlx_step {
    uint32_t kernel;    /* relative to the level's first_kernel */
    uint32_t first_arg; /* in ARGS */
    uint16_t arg_count;
    uint8_t flags;
    uint8_t tile_symbol; /* rlx_dim */
    uint32_t tile_unit;  /* tiles * ceil(dims[tile_symbol] / tile_unit); 0: just `tiles` */
    uint32_t tiles;
    uint32_t name;                     /* string */
    uint32_t first_value, value_count; /* in VALUES: what rlx_launch.values begins with */
};

struct rlx_arg {
    uint64_t offset; /* from the start of the home; WEIGHT: from the start of the WEIGHTS section */
    uint32_t home;   /* rlx_home */
    uint32_t
        bytes; /* what the kernel may touch, at most 2^32-1; the loader checks offset + bytes */
};

enum rlx_state_kind { RLX_STATE_KEY = 1, RLX_STATE_VALUE = 2 };

/* K: [kv_head][position / 16][head_dim][16]. V: [kv_head][position][round_up(head_dim, 16)].
 * `context` positions, a multiple of 64. */
struct rlx_state_entry {
    uint32_t name; /* string: "past_k_0" */
    uint32_t kind, element, layer, kv_heads, head_dim, context, reserved;
    uint64_t offset, bytes; /* in the state home */
};

struct rlx_tensor {
    uint32_t name, layout;                 /* strings */
    uint64_t rows, columns, offset, bytes; /* in WEIGHTS */
    uint64_t digest;                       /* XXH3-64 of its bytes */
};

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
