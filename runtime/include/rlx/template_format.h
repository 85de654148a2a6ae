/* The TEMPLATE section of a .rlx file, version 2: a chat template compiled from Jinja to code for a
 * small stack machine. Stands alone: the compiler writes it, the runtime reads it.
 *
 * Little-endian. A header, then the tables that it names; every table begins at a multiple of 8
 * bytes from the section's start. A template that could not be compiled has no code, but a sentence
 * that says why. Later writers append tables: a reader takes those that an older section does not
 * have as empty, and refuses a section that needs tables which it does not know.
 *
 * The machine has a stack of values, a chain of scopes, a stack of loops, a stack of calls and a
 * stack of outputs. Meaning and names are those of Jinja 3.1 as Hugging Face transformers sets it
 * up: trim_blocks, lstrip_blocks, loop controls, the immutable sandbox.
 */
#ifndef RLX_TEMPLATE_FORMAT_H
#define RLX_TEMPLATE_FORMAT_H

#include <stdint.h>

enum { RLX_TEMPLATE_MAGIC = 0x4d54584c /* "LXTM" */, RLX_TEMPLATE_VERSION = 2 };

/* What an instruction does. In brackets: what it takes from the stack, first pushed first, and what
 * it leaves there. `arg`, `count`, `keywords` and `flags` are the instruction's own fields. */
enum rlx_template_op {
    RLX_OP_END,             /* the template is done */
    RLX_OP_TEXT,            /* writes constant arg, a text */
    RLX_OP_PRINT,           /* [value] writes it */
    RLX_OP_CONSTANT,        /* [] -> [constant arg] */
    RLX_OP_NONE,            /* [] -> [none] */
    RLX_OP_BOOL,            /* [] -> [arg != 0] */
    RLX_OP_UNDEFINED,       /* [] -> [undefined] */
    RLX_OP_LOAD,            /* [] -> [the value of name arg, or undefined] */
    RLX_OP_STORE,           /* [value] -> []: name arg in the innermost scope */
    RLX_OP_STORE_ATTRIBUTE, /* [object, value] -> []: constant arg of a namespace */
    RLX_OP_ATTRIBUTE,       /* [object] -> [object.constant arg] */
    RLX_OP_ITEM,            /* [object, key] -> [object[key]] */
    RLX_OP_SLICE,           /* [object, from, to, step] -> [part]; none where not given */
    RLX_OP_LIST,            /* [arg values] -> [list] */
    RLX_OP_TUPLE,           /* [arg values] -> [tuple] */
    RLX_OP_DICT,            /* [arg times key, value] -> [dict] */
    RLX_OP_CALL, /* [callee, count values, keywords times (name, value), list if flags & 1, dict if
                    flags & 2] -> [result] */
    RLX_OP_FILTER, /* [value, count values, keywords times (name, value)] -> [result]; filter arg */
    RLX_OP_TEST,   /* [value, count values] -> [bool]; test arg */
    RLX_OP_UNARY,  /* [value] -> [result]; arg: rlx_template_unary */
    RLX_OP_BINARY, /* [left, right] -> [result]; arg: rlx_template_binary */
    RLX_OP_CONCAT, /* [arg values] -> [text] */
    RLX_OP_COMPARE, /* [left, right] -> [bool]; arg: rlx_template_compare */
    RLX_OP_CHAIN,   /* [left, right] -> [right], or [false] and a jump to arg; flags: compare */
    RLX_OP_JUMP,    /* to arg; flags & 1: the loop's body came to its end */
    RLX_OP_JUMP_IF_FALSE, /* [value] -> []: to arg if it is false */
    RLX_OP_AND,           /* [value]: to arg if it is false, else it is dropped */
    RLX_OP_OR,            /* [value]: to arg if it is true, else it is dropped */
    RLX_OP_DROP,          /* [value] -> [] */
    RLX_OP_SCOPE,         /* a new innermost scope */
    RLX_OP_LEAVE,         /* the innermost scope ends */
    RLX_OP_FOR,      /* [iterable] -> []: a loop begins, with a scope of its own; flags & 1: the
                        loop may be called (recursive) */
    RLX_OP_NEXT,     /* [] -> [item], empties the loop's scope; at the end, a jump to arg instead */
    RLX_OP_LOOP,     /* [] -> [the innermost loop] */
    RLX_OP_UNPACK,   /* [sequence] -> [its arg items, last first] */
    RLX_OP_DONE,     /* the loop and its scope end; flags & 1: a jump to arg if its body came
                             to its end */
    RLX_OP_COLLECT,  /* [] -> [empty list], which APPEND fills */
    RLX_OP_APPEND,   /* [list, value] -> [list] */
    RLX_OP_CAPTURE,  /* what is written from here on goes into a text */
    RLX_OP_CAPTURED, /* [] -> [that text]; flags & 1: discards the text instead */
    RLX_OP_MACRO,    /* [] -> [macro arg with the current scopes] */
    RLX_OP_JUMP_IF_BOUND, /* to arg if parameter `count` of the macro was given */
    RLX_OP_RETURN,        /* the macro ends; [] -> [what it wrote] in its caller; flags & 1: only if
                             the loop at arg was called */
    RLX_OP_FAIL,          /* ends with constant arg as the message */
    RLX_OP_COUNT
};

enum rlx_template_unary { RLX_UNARY_NOT, RLX_UNARY_MINUS, RLX_UNARY_PLUS, RLX_UNARY_COUNT };
enum rlx_template_binary {
    RLX_BINARY_ADD,
    RLX_BINARY_SUBTRACT,
    RLX_BINARY_MULTIPLY,
    RLX_BINARY_DIVIDE,
    RLX_BINARY_FLOOR_DIVIDE,
    RLX_BINARY_MODULO,
    RLX_BINARY_POWER,
    RLX_BINARY_COUNT
};
enum rlx_template_compare {
    RLX_COMPARE_EQUAL,
    RLX_COMPARE_NOT_EQUAL,
    RLX_COMPARE_LESS,
    RLX_COMPARE_LESS_EQUAL,
    RLX_COMPARE_GREATER,
    RLX_COMPARE_GREATER_EQUAL,
    RLX_COMPARE_IN,
    RLX_COMPARE_NOT_IN,
    RLX_COMPARE_COUNT
};

enum rlx_template_filter {
#define FILTER(name, parameters) RLX_FILTER_##name,
#include "rlx/template_words.def"
    RLX_FILTER_COUNT
};
enum rlx_template_test {
#define TEST(name, parameters) RLX_TEST_##name,
#include "rlx/template_words.def"
    RLX_TEST_COUNT
};

struct rlx_template_instruction {
    uint8_t op, count, keywords, flags;
    uint32_t arg;
};

enum rlx_template_constant_kind { RLX_CONSTANT_TEXT, RLX_CONSTANT_INTEGER, RLX_CONSTANT_FLOAT };
struct rlx_template_constant {
    uint32_t kind, bytes; /* bytes: of a text */
    uint64_t value;       /* bits of an int64 or a double; a text's offset in TEXT */
};

/* A text in TEXT. */
struct rlx_template_text {
    uint32_t offset, bytes;
};

enum {
    RLX_MACRO_EXTRA = 1,          /* more values than parameters become `varargs` */
    RLX_MACRO_EXTRA_KEYWORDS = 2, /* unknown keywords become `kwargs` */
    RLX_MACRO_CALLER = 4,         /* takes the keyword `caller` */
};
struct rlx_template_macro {
    uint32_t name;                             /* constant; UINT32_MAX: none */
    uint32_t code;                             /* first instruction */
    uint32_t first_parameter, parameter_count; /* in PARAMETERS; at most 255 */
    uint32_t flags;
    uint32_t extra, extra_keywords, caller; /* names of those variables */
};

/* A variable that has this value unless a conversation says otherwise: bos_token and the like. */
struct rlx_template_variable {
    struct rlx_template_text name, value;
};

/* Code points first..last with bits of rlx_template_class; sorted. All others have no bits. */
struct rlx_template_class_range {
    uint32_t first, last, bits;
};
enum rlx_template_class {
    RLX_LETTER = 1,
    RLX_DECIMAL = 2,
    RLX_DIGIT = 4,
    RLX_NUMERIC = 8,
    RLX_LOWER = 16,
    RLX_UPPER = 32,
    RLX_TITLE = 64,
    RLX_PRINTABLE = 128,
    RLX_CASE_IGNORED = 256, /* stands between letters without a case of its own: for the final
                               sigma */
};

/* How a code point changes case; sorted by point. 0 ends each list. */
struct rlx_template_case {
    uint32_t point, upper[3], lower[2], title[3], folded[3];
};

enum rlx_template_table_kind {
    RLX_TEMPLATE_TEXT,       /* bytes */
    RLX_TEMPLATE_CONSTANTS,  /* rlx_template_constant */
    RLX_TEMPLATE_NAMES,      /* rlx_template_text: names of variables */
    RLX_TEMPLATE_CODE,       /* rlx_template_instruction; the last one is END */
    RLX_TEMPLATE_LINES,      /* u32 for each instruction: the template's line, from 1 */
    RLX_TEMPLATE_MACROS,     /* rlx_template_macro */
    RLX_TEMPLATE_PARAMETERS, /* u32: names */
    RLX_TEMPLATE_VARIABLES,  /* rlx_template_variable */
    RLX_TEMPLATE_CLASSES,    /* rlx_template_class_range */
    RLX_TEMPLATE_CASES,      /* rlx_template_case */
    RLX_TEMPLATE_TABLE_COUNT
};

struct rlx_template_table {
    uint32_t offset, count;
};

struct rlx_template_header {
    uint32_t magic, version;
    uint64_t bytes; /* of the section */
    uint64_t hash;  /* XXH3-64 of the template's source, for people */
    uint32_t source_bytes;
    uint16_t table_count;             /* in this section, at least those of version 2 */
    uint16_t needed_tables;           /* a reader that knows fewer refuses the section */
    struct rlx_template_text refusal; /* why it could not be compiled; 0 bytes if it was */
    struct rlx_template_table tables[RLX_TEMPLATE_TABLE_COUNT];
};
_Static_assert(sizeof(struct rlx_template_header) == 40 + 8 * RLX_TEMPLATE_TABLE_COUNT,
               "fixed by the format");
_Static_assert(sizeof(struct rlx_template_instruction) == 8, "fixed by the format");
_Static_assert(sizeof(struct rlx_template_constant) == 16, "fixed by the format");

#endif
