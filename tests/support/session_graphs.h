/* Graphs that sessions run: states of every class, alone and together, and none. Their weights are
 * "letters", which embeds 32 ids and makes the logits, and "kernel" of a convolution. */
#ifndef TESTS_SESSION_GRAPHS_H
#define TESTS_SESSION_GRAPHS_H

#include "tests/support/graph_model.h"

#define TOKENS                                             \
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"       \
    "%2 = input i32 [ROWS] role=positions \"positions\"\n" \
    "%3 = weight f32 [32, 32] \"letters\"\n"               \
    "%4 = embed %3 %1 f32 [ROWS, 32]\n"                    \
    "%5 = reshape %4 f32 [ROWS, 2, 16]\n"
#define CARRIED                                               \
    "%10 = state f32 [BATCH, 3, 32] class=carried \"tail\"\n" \
    "%11 = weight f32 [32, 4] \"kernel\"\n"                   \
    "%12 = conv %10 %4 %11 f32 [ROWS, 32]\n"                  \
    "%13 = written %12 f32 [BATCH, 3, 32] which=state\n"      \
    "%14 = sigmoid %12 f32 [ROWS, 32]\n"                      \
    "%15 = state f32 [BATCH, 1, 32] class=carried \"h\"\n"    \
    "%16 = scan %15 %14 %12 f32 [ROWS, 32]\n"                 \
    "%17 = written %16 f32 [BATCH, 1, 32] which=state\n"
#define ATTENTION " f32 [ROWS, 32] heads=2 kv_heads=2 head_dim=16 scale=0.25 "

/* Numbers of nodes are those of their lines: each graph is whole. */
static const char carried[] =
    "graph \"carried\"\n" TOKENS CARRIED "%20 = matmul %16 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %20 role=logits\n"
    "output \"tail\" %13\noutput \"h\" %17\n";
static const char ring[] =
    "graph \"ring\"\n" TOKENS "%10 = state f32 [BATCH, 64, 2, 16] class=ring role=key \"ring_k\"\n"
    "%11 = state f32 [BATCH, 64, 2, 16] class=ring role=value \"ring_v\"\n"
    "%12 = kv_append %10 %5 %2 f32 [BATCH, 64, 2, 16]\n"
    "%13 = kv_append %11 %5 %2 f32 [BATCH, 64, 2, 16]\n"
    "%14 = attention %5 %12 %13 %2" ATTENTION "mask=causal window=40\n"
    "%15 = matmul %14 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %15 role=logits\noutput \"ring_k\" %12\noutput \"ring_v\" %13\n";
static const char mixed[] =
    "graph \"mixed\" (FRAMES in 1..8, CROSS_KEYS in 1..8)\n" TOKENS CARRIED
    "%20 = state f32 [BATCH, 64, 2, 16] class=ring layer=1 role=key \"ring_k\"\n"
    "%21 = state f32 [BATCH, 64, 2, 16] class=ring layer=1 role=value \"ring_v\"\n"
    "%22 = reshape %16 f32 [ROWS, 2, 16]\n"
    "%23 = kv_append %20 %22 %2 f32 [BATCH, 64, 2, 16]\n"
    "%24 = kv_append %21 %22 %2 f32 [BATCH, 64, 2, 16]\n"
    "%25 = attention %22 %23 %24 %2" ATTENTION "mask=causal window=20\n"
    "%26 = state f32 [BATCH, 128, 2, 16] layer=2 role=key \"rows_k\"\n"
    "%27 = state f32 [BATCH, 128, 2, 16] layer=2 role=value \"rows_v\"\n"
    "%28 = kv_append %26 %22 %2 f32 [BATCH, 128, 2, 16]\n"
    "%29 = kv_append %27 %5 %2 f32 [BATCH, 128, 2, 16]\n"
    "%30 = attention %22 %28 %29 %2" ATTENTION "mask=causal window=0\n"
    "%31 = state f32 [BATCH, 8, 2, 16] class=cross role=key rows=CROSS_KEYS \"cross_k\"\n"
    "%32 = state f32 [BATCH, 8, 2, 16] class=cross role=value rows=CROSS_KEYS \"cross_v\"\n"
    "%33 = attention %22 %31 %32" ATTENTION "mask=none window=0\n"
    "%34 = add %25 %30 f32 [ROWS, 32]\n"
    "%35 = add %33 %34 f32 [ROWS, 32]\n"
    "%36 = matmul %35 %3 f32 [ROWS, 32]\n"
    "%37 = input f32 [FRAMES, 2, 16] \"mel\"\n"
    "%38 = kv_append %31 %37 f32 [BATCH, 8, 2, 16]\n"
    "%39 = kv_append %32 %37 f32 [BATCH, 8, 2, 16]\n"
    "entry \"encode\"\noutput \"cross_k\" %38\noutput \"cross_v\" %39\n"
    "entry \"main\"\n"
    "output \"logits\" %36 role=logits\noutput \"tail\" %13\noutput \"h\" %17\n"
    "output \"ring_k\" %23\noutput \"ring_v\" %24\noutput \"rows_k\" %28\noutput \"rows_v\" %29\n";

/* Two layers read one state: the second one has queries of its own. */
static const char shared[] =
    "graph \"shared\"\n" TOKENS "%10 = state f32 [BATCH, 160, 2, 16] role=key \"k\"\n"
    "%11 = state f32 [BATCH, 160, 2, 16] role=value \"v\"\n"
    "%12 = kv_append %10 %5 %2 f32 [BATCH, 160, 2, 16]\n"
    "%13 = kv_append %11 %5 %2 f32 [BATCH, 160, 2, 16]\n"
    "%14 = attention %5 %12 %13 %2" ATTENTION "mask=causal window=0\n"
    "%15 = matmul %14 %3 f32 [ROWS, 32]\n"
    "%16 = reshape %15 f32 [ROWS, 2, 16]\n"
    "%17 = attention %16 %12 %13 %2" ATTENTION "mask=causal window=30\n"
    "%18 = add %14 %17 f32 [ROWS, 32]\n"
    "%19 = matmul %18 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %19 role=logits\noutput \"k\" %12\noutput \"v\" %13\n";

/* Widths that fill no vector, and no positions. */
static const char narrow[] =
    "graph \"narrow\"\n"
    "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
    "%2 = weight f32 [32, 32] \"letters\"\n"
    "%3 = slice %2 f32 [32, 17] axis=1 start=3\n"
    "%4 = embed %3 %1 f32 [ROWS, 17]\n"
    "%5 = weight f32 [32, 4] \"kernel\"\n"
    "%6 = slice %5 f32 [17, 4] axis=0 start=5\n"
    "%7 = state f32 [BATCH, 3, 17] class=carried \"tail\"\n"
    "%8 = conv %7 %4 %6 f32 [ROWS, 17]\n"
    "%9 = written %8 f32 [BATCH, 3, 17] which=state\n"
    "%10 = state f32 [BATCH, 1, 17] class=carried \"h\"\n"
    "%11 = sigmoid %8 f32 [ROWS, 17]\n"
    "%12 = scan %10 %11 %8 f32 [ROWS, 17]\n"
    "%13 = written %12 f32 [BATCH, 1, 17] which=state\n"
    "%14 = matmul %12 %3 f32 [ROWS, 32]\n"
    "output \"logits\" %14 role=logits\noutput \"tail\" %9\noutput \"h\" %13\n";

/* No states at all: logits depend on their own token. */
static const char stateless[] = "graph \"stateless\"\n"
                                "%1 = input i32 [ROWS] role=tokens \"tokens\"\n"
                                "%2 = weight f32 [32, 32] \"letters\"\n"
                                "%3 = embed %2 %1 f32 [ROWS, 32]\n"
                                "%4 = matmul %3 %2 f32 [ROWS, 32]\n"
                                "output \"logits\" %4 role=logits\n";

static const struct graph_weight letters_and_kernel[] = {
    {"letters", 32, 32}, {"kernel", 32, 4}, {NULL, 0, 0}};
static const struct graph_weight only_letters[] = {{"letters", 32, 32}, {NULL, 0, 0}};

#endif
