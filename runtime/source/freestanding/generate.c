/* Generates tokens: cuts prompts into runs, fills their inputs, keeps what outlives a run. In: ids
 * of tokens. Out: logits, and ids. Contract: model.h. The sizes of the model, and where its inputs
 * and outputs stand, are in layout.h. */
#include "model.h"

#include "layout.h"
#include "rlx/kernel.h"
#include "rlx/model_code.h"

#include <stdbool.h>
#include <string.h>

extern const uint8_t model_weights[]; /* weights.S */

/* All memory of the model. Nothing of it needs a value before the first call. */
static struct {
    _Alignas(64) uint8_t state[STATE_BYTES];
    _Alignas(64) uint8_t carried[2][CARRIED_BYTES]; /* a run reads one and writes the other */
    _Alignas(64) uint8_t scratch[SCRATCH_BYTES];
    _Alignas(64) uint8_t input[INPUT_BYTES];
    _Alignas(64) uint8_t output[OUTPUT_BYTES];
    int64_t dims[DIM_COUNT]; /* of the run */
    uint32_t past;           /* tokens that ran */
    int32_t waiting[1];      /* the newest token: made, but not run yet */
    uint32_t waiting_count;  /* 0 or 1 */
    uint32_t carried_now;    /* which of the two holds the present */
} memory;
_Static_assert(sizeof memory == MODEL_MEMORY_BYTES, "model.h says how much memory there is");

/* ---- one run ---- */

/* The smallest variant that takes `rows` tokens, else the largest: they ascend. */
static uint32_t choose_variant(size_t rows)
{
    uint32_t i = 0;
    while (i + 1 < VARIANT_COUNT && layouts[i].rows < rows)
        i++;
    return i;
}

static void fill_inputs(const struct layout *v, const int32_t *tokens, uint32_t rows)
{
    memcpy(memory.input + v->tokens, tokens, rows * sizeof *tokens);
    for (uint32_t i = 0; v->positions != ABSENT && i < rows; i++) {
        const int32_t position = (int32_t)(memory.past + i);
        memcpy(memory.input + v->positions + i * sizeof position, &position, sizeof position);
    }
    if (v->out_rows != ABSENT) {
        const int32_t last = (int32_t)rows - 1;
        memcpy(memory.input + v->out_rows, &last, sizeof last);
    }
    if (v->segments != ABSENT) {
        const struct rlx_segment all = {.rows = rows, .past = memory.past};
        memcpy(memory.input + v->segments, &all, sizeof all);
    }
}

static void set_dims(uint32_t rows)
{
    memory.dims[RLX_DIM_BATCH] = 1;
    memory.dims[RLX_DIM_SEQ] = rows;
    memory.dims[RLX_DIM_ROWS] = rows;
    memory.dims[RLX_DIM_PAST_SEQ] = memory.past;
    memory.dims[RLX_DIM_OUT_ROWS] = 1;
    memory.dims[RLX_DIM_KEYS] = (int64_t)memory.past + rows;
    derive_dims(memory.dims);
}

/* Runs at most as many tokens as a variant takes. Returns how many. */
static uint32_t run(const int32_t *tokens, size_t count, const float **logits)
{
    const uint32_t variant = choose_variant(count);
    const struct layout *const v = &layouts[variant];
    const uint32_t rows = count < v->rows ? (uint32_t)count : v->rows;
    const struct rlx_code_run r = {.weights = model_weights,
                                   .state = memory.state,
                                   .scratch = memory.scratch,
                                   .input = memory.input,
                                   .output = memory.output,
                                   .carried_in = memory.carried[memory.carried_now],
                                   .carried_out = memory.carried[1 - memory.carried_now],
                                   .dims = memory.dims};
    fill_inputs(v, tokens, rows);
    set_dims(rows);
    rlx_code_variants[variant].body(&r);
    if (logits != NULL && rows == count) {
        rlx_code_variants[variant].rows(&r);
        *logits = (const float *)(memory.output + v->logits);
    }
    memory.past += rows;
    memory.carried_now = 1 - memory.carried_now;
    return rows;
}

static void run_all(const int32_t *tokens, size_t count, const float **logits)
{
    for (size_t done = 0; done < count;)
        done += run(tokens + done, count - done, logits);
}

/* ---- the conversation ---- */

void model_reset(void)
{
    memory.past = 0;
    memory.waiting_count = 0;
    memset(memory.carried, 0, sizeof memory.carried);
}

size_t model_room(void)
{
    return (size_t)MODEL_CONTEXT - memory.past - memory.waiting_count;
}

int model_feed(const int32_t *tokens, size_t count, const float **logits)
{
    const uint32_t waiting = memory.waiting_count;
    if (count + waiting == 0)
        return MODEL_ERROR_EMPTY;
    if (count > model_room())
        return MODEL_ERROR_CONTEXT;
    for (size_t i = 0; i < count; i++)
        if (tokens[i] < 0 || tokens[i] >= TOKEN_LIMIT)
            return MODEL_ERROR_TOKEN;
    memory.waiting_count = 0;
    run_all(memory.waiting, waiting, count == 0 ? logits : NULL);
    run_all(tokens, count, logits);
    return 0;
}

/* ---- generation ---- */

static int32_t choose(const struct model_options *options, const float *logits)
{
    int32_t best = 0;
    if (options->choose != NULL)
        return options->choose(options->context, logits, MODEL_VOCABULARY);
    for (int32_t i = 1; i < MODEL_VOCABULARY; i++)
        if (logits[i] > logits[best])
            best = i;
    return best;
}

/* Tells the caller of a token. True: it is the last one. */
static bool is_last(const struct model_options *options, int32_t token)
{
    if (options->on_token != NULL && options->on_token(options->context, token) != 0)
        return true;
    for (size_t i = 0; i < options->end_count; i++)
        if (options->ends[i] == token)
            return true;
    return model_room() == 0;
}

int model_continue(const int32_t *prompt, size_t prompt_count, int32_t *tokens, size_t max_tokens,
                   const struct model_options *options)
{
    static const struct model_options greedy;
    const float *logits;
    int made = 0, status = model_feed(prompt, prompt_count, &logits);
    if (options == NULL)
        options = &greedy;
    while (status == 0 && (size_t)made < max_tokens && model_room() != 0) {
        const int32_t token = choose(options, logits);
        if (token < 0)
            break;
        if (token >= TOKEN_LIMIT)
            return MODEL_ERROR_TOKEN;
        tokens[made++] = token;
        memory.waiting[0] = token;
        memory.waiting_count = 1;
        if (is_last(options, token) || (size_t)made == max_tokens)
            break;
        status = model_feed(NULL, 0, &logits);
    }
    return status == 0 ? made : status;
}

int model_generate(const int32_t *prompt, size_t prompt_count, int32_t *tokens, size_t max_tokens,
                   const struct model_options *options)
{
    model_reset();
    return model_continue(prompt, prompt_count, tokens, max_tokens, options);
}
