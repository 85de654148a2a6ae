/* What `rlx compare` prints. In: a comparison; out: lines for people, or a JSON object. Contract:
 * command_compare.h.
 */
#include "runtime/tool/command_compare.h"

#include "runtime/base/json_out.h"
#include "runtime/base/printable.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXT_TOKENS = 12, CONTEXT_BYTES = 40 };

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

/* Of sorted numbers, between two of them where it falls there. */
static double quantile(const struct comparison *c, double part)
{
    double place = part * (double)(c->divergences.count - 1);
    size_t at = (size_t)place;
    double rest = place - (double)at, below = (double)c->divergence[at];

    return rest == 0 ? below : (1 - rest) * below + rest * (double)c->divergence[at + 1];
}

static double same_best(const struct comparison *c)
{
    return (double)c->same_best / (double)c->divergences.count;
}

static double perplexity(const struct compare_side *s)
{
    return exp(moments_mean(&s->losses));
}

/* ---- text ---- */

/* A text that ends with that of `count` ids, NUL-terminated: at most the last CONTEXT_BYTES bytes,
 * whole characters only. */
static void text_of(const rlx_model *model, const int32_t *ids, size_t count,
                    char text[CONTEXT_BYTES + 1])
{
    static char all[(CONTEXT_TOKENS + 1) * RLX_DETOKENIZE_MAX];
    rlx_detokenizer state = {.started = true};
    size_t bytes = 0, made = 0, first = 0;

    for (size_t i = 0; i < count; i++) {
        if (rlx_detokenize(model, &state, ids[i], all + bytes, RLX_DETOKENIZE_MAX, &made, NULL) ==
            RLX_OK)
            bytes += made;
    }
    if (rlx_detokenize_flush(model, &state, all + bytes, sizeof all - bytes, &made, NULL) == RLX_OK)
        bytes += made;
    first = bytes > CONTEXT_BYTES ? bytes - CONTEXT_BYTES : 0;
    while (first < bytes && ((unsigned char)all[first] & 0xC0) == 0x80)
        first++;
    memcpy(text, all + first, bytes - first);
    text[bytes - first] = 0;
}

/* Where the places are, and their texts. */
struct place_texts {
    size_t token; /* of the whole text */
    char before[CONTEXT_BYTES + 1], next[CONTEXT_BYTES + 1];
    char best[COMPARE_SIDES][CONTEXT_BYTES + 1];
};

static void describe(const struct comparison *c, const struct compare_place *place,
                     struct place_texts *t)
{
    const rlx_model *model = c->sides[COMPARE_A].model;
    const int32_t *ids = windows_ids(c->windows, place->window);
    const size_t before = place->token < CONTEXT_TOKENS ? place->token : CONTEXT_TOKENS;

    t->token = place->window * c->windows->step + place->token;
    text_of(model, ids + place->token - before, before, t->before);
    text_of(model, ids + place->token, 1, t->next);
    for (int i = 0; i < COMPARE_SIDES; i++)
        text_of(model, (const int32_t[]){(int32_t)place->best[i]}, 1, t->best[i]);
}

static void print_quoted(const char *text)
{
    char line[CONTEXT_BYTES + 1];

    putchar('"');
    for (const char *at = text; *at != 0; at += strlen(line), at += *at == '\n') {
        snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
        printable_write(line, stdout);
        fputs(at[strlen(line)] == '\n' ? "\\n" : "", stdout);
    }
    putchar('"');
}

static void print_place(const struct comparison *c, const struct compare_place *place)
{
    struct place_texts t;

    describe(c, place, &t);
    printf("  %.4f at token %zu, after ", place->divergence, t.token);
    print_quoted(t.before);
    for (int i = 0; i < COMPARE_SIDES; i++) {
        printf("%s", i == COMPARE_A ? ": A " : ", B ");
        print_quoted(t.best[i]);
        printf(" %.3f", place->p[i]);
    }
    printf("; the text has ");
    print_quoted(t.next);
    putchar('\n');
}

void compare_print(struct comparison *c)
{
    const struct compare_side *a = &c->sides[COMPARE_A], *b = &c->sides[COMPARE_B];
    const struct windows *w = c->windows;
    const double same = same_best(c), count = (double)c->divergences.count;

    qsort(c->divergence, c->divergences.count, sizeof *c->divergence, ascending);
    printf("A              %s\nB              %s\n", a->path, b->path);
    printf("divergence     mean %.6f ± %.6f nats, median %.6f, 99 %% below %.6f, maximum %.6f\n",
           moments_mean(&c->divergences), moments_error(&c->divergences), quantile(c, 0.5),
           quantile(c, 0.99), quantile(c, 1));
    printf("same best      %.2f ± %.2f %%\n", 100 * same,
           100 * sqrt(same * (1 - same) / (count > 1 ? count - 1 : 1)));
    printf("p of the text  B less A: mean %.4f %%, rms %.4f %%, maximum %.2f %%\n",
           100 * moments_mean(&c->p_differences), 100 * moments_rms(&c->p_differences),
           100 * c->p_most);
    printf("perplexity     A %.4f ± %.4f, B %.4f ± %.4f\n", perplexity(a),
           perplexity(a) * moments_error(&a->losses), perplexity(b),
           perplexity(b) * moments_error(&b->losses));
    printf("loss           B less A: %.6f ± %.6f nats\n", moments_mean(&c->loss_differences),
           moments_error(&c->loss_differences));
    printf("windows        %zu of %zu tokens, %zu tokens predicted\n", w->count, w->length,
           c->divergences.count);
    if (c->worst[0].divergence > 0)
        printf("farthest apart\n");
    for (size_t i = 0; i < c->worst_count && c->worst[i].divergence > 0; i++)
        print_place(c, &c->worst[i]);
}

/* ---- JSON ---- */

static void write_side(struct json_out *out, const char *name, const struct compare_side *s)
{
    json_out_open(out, name, '{');
    json_out_string(out, "model", s->path);
    json_out_exact(out, "perplexity", perplexity(s));
    json_out_exact(out, "standard_error", perplexity(s) * moments_error(&s->losses));
    json_out_exact(out, "loss", moments_mean(&s->losses));
    json_out_close(out, '}');
}

static void write_place(struct json_out *out, const struct comparison *c,
                        const struct compare_place *place)
{
    struct place_texts t;

    describe(c, place, &t);
    json_out_open(out, NULL, '{');
    json_out_exact(out, "divergence", place->divergence);
    json_out_integer(out, "token", (int64_t)t.token);
    json_out_string(out, "after", t.before);
    json_out_string(out, "text", t.next);
    json_out_string(out, "best_of_a", t.best[COMPARE_A]);
    json_out_exact(out, "p_of_a", place->p[COMPARE_A]);
    json_out_string(out, "best_of_b", t.best[COMPARE_B]);
    json_out_exact(out, "p_of_b", place->p[COMPARE_B]);
    json_out_close(out, '}');
}

static void write_divergence(struct json_out *out, const struct comparison *c)
{
    json_out_open(out, "divergence", '{');
    json_out_exact(out, "mean", moments_mean(&c->divergences));
    json_out_exact(out, "standard_error", moments_error(&c->divergences));
    json_out_exact(out, "median", quantile(c, 0.5));
    json_out_exact(out, "p90", quantile(c, 0.9));
    json_out_exact(out, "p99", quantile(c, 0.99));
    json_out_exact(out, "maximum", quantile(c, 1));
    json_out_close(out, '}');
}

void compare_print_json(struct comparison *c)
{
    struct json_out out = {.file = stdout, .indented = true};

    qsort(c->divergence, c->divergences.count, sizeof *c->divergence, ascending);
    json_out_open(&out, NULL, '{');
    write_side(&out, "a", &c->sides[COMPARE_A]);
    write_side(&out, "b", &c->sides[COMPARE_B]);
    write_divergence(&out, c);
    json_out_exact(&out, "same_best", same_best(c));
    json_out_open(&out, "p_difference", '{');
    json_out_exact(&out, "mean", moments_mean(&c->p_differences));
    json_out_exact(&out, "rms", moments_rms(&c->p_differences));
    json_out_exact(&out, "maximum", c->p_most);
    json_out_close(&out, '}');
    json_out_open(&out, "loss_difference", '{');
    json_out_exact(&out, "mean", moments_mean(&c->loss_differences));
    json_out_exact(&out, "standard_error", moments_error(&c->loss_differences));
    json_out_close(&out, '}');
    windows_write(c->windows, &out);
    json_out_open(&out, "farthest_apart", '[');
    for (size_t i = 0; i < c->worst_count && c->worst[i].divergence > 0; i++)
        write_place(&out, c, &c->worst[i]);
    json_out_close(&out, ']');
    json_out_close(&out, '}');
    putchar('\n');
}
