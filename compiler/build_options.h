/* The options that rlxc build and rlxc plan share: what to make of a model. In: what getopt found;
 * out: fields of compile_options, or one line that says what is wrong. */
#ifndef RLXC_BUILD_OPTIONS_H
#define RLXC_BUILD_OPTIONS_H

#include "compiler/command_line.h"
#include "compiler/compile.h"

struct build_options {
    const char *command; /* for messages */
    struct compile_options options;
    struct arena arena;
    const char *activations, *kv; /* as given; NULL: not given */
    bool exact, tokenizer_only;
};

enum build_option_number {
    BUILD_OPTION_quant = 512,
    BUILD_OPTION_quant_head,
    BUILD_OPTION_exact,
    BUILD_OPTION_activations,
    BUILD_OPTION_kv,
    BUILD_OPTION_context,
    BUILD_OPTION_target,
    BUILD_OPTION_level,
    BUILD_OPTION_variants,
    BUILD_OPTION_pre_tokenizer,
    BUILD_OPTION_weights,
    BUILD_OPTION_tokenizer,
    BUILD_OPTION_imatrix,
    BUILD_OPTION_smooth,
    BUILD_OPTION_end,
};

/* Entries of a table for getopt_long; the letter of leave-out is 'x'. */
#define BUILD_OPTIONS                                                           \
    {"quant", required_argument, NULL, BUILD_OPTION_quant},                     \
        {"quant-head", required_argument, NULL, BUILD_OPTION_quant_head},       \
        {"exact", no_argument, NULL, BUILD_OPTION_exact},                       \
        {"activations", required_argument, NULL, BUILD_OPTION_activations},     \
        {"kv", required_argument, NULL, BUILD_OPTION_kv},                       \
        {"context", required_argument, NULL, BUILD_OPTION_context},             \
        {"target", required_argument, NULL, BUILD_OPTION_target},               \
        {"level", required_argument, NULL, BUILD_OPTION_level},                 \
        {"variants", required_argument, NULL, BUILD_OPTION_variants},           \
        {"pre-tokenizer", required_argument, NULL, BUILD_OPTION_pre_tokenizer}, \
        {"weights", required_argument, NULL, BUILD_OPTION_weights},             \
        {"tokenizer", required_argument, NULL, BUILD_OPTION_tokenizer},         \
        {"imatrix", required_argument, NULL, BUILD_OPTION_imatrix},             \
        {"smooth", required_argument, NULL, BUILD_OPTION_smooth},               \
    {                                                                           \
        "leave-out", required_argument, NULL, 'x'                               \
    }
#define BUILD_OPTIONS_HELP                                                               \
    "      --quant=TYPE|MIXTURE|PATTERN=TYPE,...\n"                                      \
    "                        types of the matrices: keep (default), f32, bf16, f16,\n"   \
    "                        q8_0, q6_k, q5_k, q4_k, q3_k, q5_1, q5_0, q4_1, q4_0,\n"    \
    "                        iq4_nl, mxfp4, i8_row; llama-quantize's mixtures iq4_xs,\n" \
    "                        q5_k_m, q5_k_s, q4_k_m, q4_k_s, q3_k_l, q3_k_m, q3_k_s,\n"  \
    "                        q2_k. By name, in GGUF files or Hugging Face: the first\n"  \
    "                        that matches counts, as in 'ffn_*=q4_k,output=q6_k,q8_0'\n" \
    "      --quant-head=TYPE\n"                                                          \
    "                        type of embedding and lm_head if no pattern names them;\n"  \
    "                        auto (default): what --quant says, but with fewer than 6\n" \
    "                        bits they become q8_0, or keep a quantized type\n"          \
    "      --imatrix=FILE    quantize by this importance matrix (GGUF), which rlx\n"     \
    "                        imatrix or llama-imatrix made of the model\n"               \
    "      --smooth=ALPHA    before i8_row, move large activations into weights\n"       \
    "                        (SmoothQuant) by what --imatrix says; 0.5 is usual\n"       \
    "      --exact           f32 activations and f32 KV cache, as the reference\n"       \
    "                        computes\n"                                                 \
    "      --activations=auto|i16|i8|f32\n"                                              \
    "                        type of the activations (default: auto)\n"                  \
    "      --kv=f16|q8|f32   type of the key and value cache (default: f16; f32 for a\n" \
    "                        model whose keys or values may exceed f16)\n"               \
    "      --context=N       room for N tokens (default: the model's own maximum)\n"     \
    "      --pre-tokenizer=gpt-2|llama-bpe|qwen2|tekken|NAME\n"                          \
    "                        how to split text into words, for a GGUF file that does\n"  \
    "                        not say it, or says it wrongly; a wrong NAME lists all\n"   \
    "      --weights=FILE    of a graph in text form: where its weights are, a\n"        \
    "                        safetensors file, a directory of them or a GGUF file\n"     \
    "      --tokenizer=FILE  of a graph in text form: the GGUF file or directory with\n" \
    "                        its tokenizer and chat template (default: none)\n"
/* What follows it, in a string literal of its own, as each has a limit. */
#define BUILD_TARGETS_HELP                                                               \
    "\n"                                                                                 \
    "      --target=cpu|vulkan,...\n"                                                    \
    "                        what to make code for: the processor (the default), GPUs\n" \
    "                        through Vulkan 1.2, or both\n"                              \
    "      --level=native|x86-64-v3|x86-64-v4-vnni-bf16|x86-64-v4-amx|all,...\n"         \
    "                        processors to make code for: native is this one,\n"         \
    "                        x86-64-v3 has AVX2, x86-64-v4-vnni-bf16 AVX-512 and\n"      \
    "                        x86-64-v4-amx AMX, too\n"                                   \
    "                        (default: native; for an executable: all); and GPUs:\n"     \
    "                        vulkan1.2, with integer dot products vulkan1.2-dot,\n"      \
    "                        or in software vulkan1.2-software (default: all)\n"         \
    "      --variants=SET    numbers of new tokens to make code for (default:\n"         \
    "                        decode=1,blocks=2:16,batch=2:16,prefill=32:512); of\n"      \
    "                        other entries than main ENTRY:encoder=SxR, S segments of\n" \
    "                        R rows each, or ENTRY:SYMBOL=N; +SYMBOL=N adds a size\n"    \
    "                        (default: one of 1x512, symbols at their upper bounds)\n"   \
    "  -x, --leave-out=PASS  leave out an optimization; may be given several times\n"

struct build_options build_options_default(const char *command);
/* Takes one of the options above; false if its value is wrong, after a message. */
bool build_options_set(struct build_options *b, int option, const char *value);
/* Checks for options that contradict each other. */
bool build_options_check(struct build_options *b);
void build_options_free(struct build_options *b);

/* ---- for the command's own options ---- */

struct choice {
    const char *word;
    uint32_t value;
};
extern const struct choice activation_choices[]; /* of --activations */
/* One word of a table that ends with NULL, or a list of them separated by commas, ORed into
 * `value`. */
bool choose(const char *command, const char *option, const struct choice *choices, const char *text,
            uint32_t *value);
bool choose_several(const char *command, const char *option, const struct choice *choices,
                    const char *text, uint32_t *value);
/* Takes one of BUILD_OPTION_quant, _quant_head and _kv. */
bool choose_types(const char *command, int option, const char *value, struct type_choice *types);
bool read_number(const char *command, const char *option, const char *text, uint32_t min,
                 uint32_t max, uint32_t *value);
bool check_level(const char *command, const char *text); /* one of any target */
/* Checks names of passes, separated by commas, for this option. */
bool check_passes(const char *command, const char *option, const char *text, bool leaves_out);

#endif
