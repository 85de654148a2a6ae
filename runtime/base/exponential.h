/* exp in plain arithmetic, for loops over rows of logits. In: a float; out: the same bits on every
 * machine, as long as the file that includes this lets its compiler contract nothing. */
#ifndef RLX_EXPONENTIAL_H
#define RLX_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

/* exp(-|x|) to about 1e-7 of itself: 2^n times a Taylor polynomial of degree 7 on [-ln2/2,
 * ln2/2], ln2 in two parts (Cody and Waite, 1980). Not from a library, because libraries differ in
 * the last bits and a seed should mean the same everywhere. Below -87, and for what is no number,
 * 0. */
static inline __attribute__((always_inline)) float exponential(float x)
{
    /* Choices are made on integers, so that a loop over this is compiled to vectors. */
    const int32_t limit = 0x42AE0000; /* 87 */
    int32_t magnitude;
    memcpy(&magnitude, &x, sizeof magnitude);
    magnitude &= 0x7FFFFFFF;
    int32_t clamped = magnitude > limit ? limit : magnitude;
    memcpy(&x, &clamped, sizeof x);
    int32_t n = (int32_t)(x * 1.44269504F + 0.5F);
    float r = (float)n * 0.693359375F - x;
    r += (float)n * -2.12194440e-4F;
    float sum = 1.0F / 5040;
    sum = sum * r + 1.0F / 720;
    sum = sum * r + 1.0F / 120;
    sum = sum * r + 1.0F / 24;
    sum = sum * r + 1.0F / 6;
    sum = sum * r + 0.5F;
    sum = sum * r + 1.0F;
    sum = sum * r + 1.0F;
    int32_t bits = magnitude > limit ? 0 : (127 - n) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

#endif
