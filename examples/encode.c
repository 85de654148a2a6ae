/* Runs the entry "encode" of an encoder: the layer of instances. In: a model that was compiled from
 * encoder.hir, and a number of frames; out: for each row of the output, its class and the length of
 * its hidden vector. The frames are made up: a tone that rises.
 *
 *     rlxc build encoder.hir --weights=encoder.safetensors -o encoder.rlx
 *     encode encoder.rlx 9
 *
 * It compiles as C99 and as C++. With the installed library:
 *
 *     cc encode.c -o encode $(pkg-config --cflags --libs rlx) -lm
 */
#include <rlx/rlx.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 16 };

static float *make_frames(size_t count)
{
    float *frames = (float *)malloc(count * WIDTH * sizeof *frames);
    size_t i;

    for (i = 0; frames != NULL && i < count * WIDTH; i++)
        frames[i] = (float)sin((double)(i * i) * 0.001);
    return frames;
}

/* The instance copies the input. The outputs stay where they are until its next run. */
static rlx_status encode(rlx_instance *instance, size_t count, rlx_output *hidden,
                         rlx_output *scores, rlx_error *error)
{
    float *frames = make_frames(count);
    size_t bytes = frames == NULL ? 0 : count * WIDTH * sizeof *frames;
    rlx_status status = rlx_instance_set_input(instance, "encode", "frames", frames, bytes, error);

    free(frames);
    if (status == RLX_OK)
        status = rlx_instance_run(instance, "encode", error);
    if (status == RLX_OK)
        status = rlx_instance_get_output(instance, "encode", "hidden", hidden, error);
    if (status == RLX_OK)
        status = rlx_instance_get_output(instance, "encode", "scores", scores, error);
    return status;
}

static void print_rows(const rlx_output *hidden, const rlx_output *scores)
{
    size_t r, c;

    for (r = 0; r < scores->rows; r++) {
        const float *score = scores->data + r * scores->stride;
        const float *vector = hidden->data + r * hidden->stride;
        size_t best = 0;
        double squares = 0;
        for (c = 1; c < scores->width; c++)
            best = score[c] > score[best] ? c : best;
        for (c = 0; c < hidden->width; c++)
            squares += (double)vector[c] * vector[c];
        printf("row %u: class %u, length %.3f\n", (unsigned)r, (unsigned)best, sqrt(squares));
    }
}

int main(int argc, char **argv)
{
    rlx_model *model = NULL;
    rlx_instance *instance = NULL;
    rlx_output hidden = rlx_output_default(), scores = rlx_output_default();
    rlx_error error;
    rlx_status status;

    if (argc != 3) {
        fprintf(stderr, "usage: %s ENCODER.rlx FRAMES\n", argv[0]);
        return 2;
    }
    status = rlx_model_open(argv[1], &model, &error);
    if (status == RLX_OK)
        status = rlx_instance_open(model, NULL, &instance, &error);
    if (status == RLX_OK)
        status = encode(instance, strtoul(argv[2], NULL, 10), &hidden, &scores, &error);
    if (status == RLX_OK)
        print_rows(&hidden, &scores);
    else
        fprintf(stderr, "%s: %s\n", rlx_status_name(status), error.text);
    rlx_instance_close(instance); /* may be NULL */
    rlx_model_close(model);
    return status == RLX_OK ? 0 : 1;
}
