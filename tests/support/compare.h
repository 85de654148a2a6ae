/* Compares numbers in tests. In: what was found, what was expected, a tolerance and a name. Out: a
 * failed test where they differ, after a report on stderr of the first place, of both numbers
 * there, of the tolerance, and of how many differ:
 *
 *     logits: row 3, column 17: found 1.25, expected 1.24, tolerance 0.001; 12 of 4096 differ
 *
 * expect_close and expect_equal_bits compare whole rows or matrices. `struct comparison` takes one
 * number after another, for expectations that are computed on the way. `struct error` measures how
 * far two matrices are apart, for budgets that speak of all of their numbers together.
 */
#ifndef TESTS_COMPARE_H
#define TESTS_COMPARE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- number by number ---- */

struct comparison {
    char name[160];
    size_t compared, different;
    /* the first that differs */
    size_t row, column;
    double found, expected, tolerance;
    uint32_t found_bits, expected_bits;
    bool of_bits;
};

/* The name is a format, as in "%s on %s". */
__attribute__((format(printf, 1, 2))) static inline struct comparison
comparison_of(const char *format, ...)
{
    struct comparison c = {.compared = 0};
    va_list list;

    va_start(list, format);
    vsnprintf(c.name, sizeof c.name, format, list);
    va_end(list);
    return c;
}

static inline void compare_note(struct comparison *c, size_t row, size_t column, double found,
                                double expected, double tolerance)
{
    if (c->different++ != 0)
        return;
    c->row = row, c->column = column;
    c->found = found, c->expected = expected, c->tolerance = tolerance;
}

/* |found - expected| <= tolerance. NaN agrees with nothing, and an infinity only with itself. */
static inline void compare_number(struct comparison *c, size_t row, size_t column, double found,
                                  double expected, double tolerance)
{
    c->compared++;
    if (!(found == expected || fabs(found - expected) <= tolerance))
        compare_note(c, row, column, found, expected, tolerance);
}

/* The same bits: -0 is not 0, and NaN agrees with itself. */
static inline void compare_bits(struct comparison *c, size_t row, size_t column, float found,
                                float expected)
{
    uint32_t found_bits, expected_bits;

    memcpy(&found_bits, &found, sizeof found);
    memcpy(&expected_bits, &expected, sizeof expected);
    c->compared++;
    if (found_bits == expected_bits)
        return;
    if (c->different == 0) {
        c->of_bits = true;
        c->found_bits = found_bits, c->expected_bits = expected_bits;
    }
    compare_note(c, row, column, (double)found, (double)expected, 0);
}

static inline void comparison_text(const struct comparison *c, char *text, size_t bytes)
{
    char tolerance[48];

    snprintf(tolerance, sizeof tolerance, "tolerance %.3g", c->tolerance);
    if (c->of_bits)
        snprintf(tolerance, sizeof tolerance, "in bits %08x and %08x", (unsigned)c->found_bits,
                 (unsigned)c->expected_bits);
    snprintf(text, bytes,
             "%s: row %zu, column %zu: found %.9g, expected %.9g, %s; %zu of %zu differ", c->name,
             c->row, c->column, c->found, c->expected, tolerance, c->different, c->compared);
}

/* Prints where numbers differ; false if any do. */
static inline bool comparison_good(const struct comparison *c)
{
    char text[512];

    if (c->different == 0)
        return true;
    comparison_text(c, text, sizeof text);
    print_error("%s\n", text);
    return false;
}

/* At least one number was compared, and all agree. */
#define expect_agreement(c)                              \
    do {                                                 \
        const struct comparison *agreement_ = (c);       \
        if (!comparison_good(agreement_))                \
            fail();                                      \
        if (agreement_->compared == 0)                   \
            fail_msg("%s: compared nothing", (c)->name); \
    } while (0)

/* ---- rows and matrices ---- */

struct tolerance {
    double absolute, relative; /* to the number that was expected; both add up */
};

/* `stride` elements between rows, of either. */
static inline struct comparison compare_matrices(const char *name, const float *found,
                                                 size_t found_stride, const float *expected,
                                                 size_t expected_stride, size_t rows,
                                                 size_t columns, const struct tolerance *t)
{
    struct comparison c = comparison_of("%s", name);

    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < columns; i++) {
            float x = found[r * found_stride + i], y = expected[r * expected_stride + i];
            if (t == NULL)
                compare_bits(&c, r, i, x, y);
            else
                compare_number(&c, r, i, (double)x, (double)y,
                               t->absolute + t->relative * fabs((double)y));
        }
    return c;
}

/* Matrices whose rows follow each other. */
#define expect_equal_bits(name, found, expected, rows, columns)                             \
    do {                                                                                    \
        struct comparison compared_ =                                                       \
            compare_matrices(name, found, columns, expected, columns, rows, columns, NULL); \
        expect_agreement(&compared_);                                                       \
    } while (0)

#define expect_close(name, found, expected, rows, columns, absolute, relative)       \
    do {                                                                             \
        struct comparison compared_ =                                                \
            compare_matrices(name, found, columns, expected, columns, rows, columns, \
                             &(struct tolerance){absolute, relative});               \
        expect_agreement(&compared_);                                                \
    } while (0)

/* `count` elements of one value, by their bits. */
#define expect_all(name, found, value, count)                      \
    do {                                                           \
        struct comparison compared_ = comparison_of("%s", name);   \
        for (size_t at_ = 0; at_ < (count); at_++)                 \
            compare_bits(&compared_, 0, at_, (found)[at_], value); \
        expect_agreement(&compared_);                              \
    } while (0)

#define expect_number(name, found, expected, tolerance)                                   \
    do {                                                                                  \
        struct comparison compared_ = comparison_of("%s", name);                          \
        compare_number(&compared_, 0, 0, (double)(found), (double)(expected), tolerance); \
        expect_agreement(&compared_);                                                     \
    } while (0)

/* ---- how far all numbers are apart ---- */

struct error {
    size_t rows;
    double largest;                   /* |expected| */
    double squares, expected_squares; /* sums */
    double kl;                        /* sum over rows of KL(expected || found), in nats */
    /* the worst difference, infinite where a number is none, and its place */
    double worst, found, expected;
    size_t row, column;
};

static inline double error_row_kl(const float *expected, const float *found, size_t width)
{
    double max_e = -INFINITY, max_f = -INFINITY, sum_e = 0, sum_f = 0, kl = 0;

    for (size_t i = 0; i < width; i++) {
        max_e = fmax(max_e, (double)expected[i]);
        max_f = fmax(max_f, (double)found[i]);
    }
    for (size_t i = 0; i < width; i++) {
        sum_e += exp((double)expected[i] - max_e);
        sum_f += exp((double)found[i] - max_f);
    }
    for (size_t i = 0; i < width; i++) {
        double log_e = (double)expected[i] - max_e - log(sum_e),
               log_f = (double)found[i] - max_f - log(sum_f);
        kl += exp(log_e) * (log_e - log_f);
    }
    return kl;
}

/* Adds rows that follow each other; places count from the first row that was ever added. */
static inline void error_add(struct error *e, const float *expected, const float *found,
                             size_t rows, size_t width)
{
    for (size_t r = 0; r < rows; r++, e->rows++) {
        const float *want = expected + r * width, *have = found + r * width;
        for (size_t i = 0; i < width; i++) {
            double difference = fabs((double)have[i] - (double)want[i]);
            difference = isfinite(difference) ? difference : INFINITY;
            if (difference > e->worst) {
                e->worst = difference, e->found = (double)have[i], e->expected = (double)want[i];
                e->row = e->rows, e->column = i;
            }
            e->largest = fmax(e->largest, fabs((double)want[i]));
            e->squares += difference * difference;
            e->expected_squares += (double)want[i] * (double)want[i];
        }
        e->kl += error_row_kl(want, have, width);
    }
}

static inline struct error error_of(const float *expected, const float *found, size_t rows,
                                    size_t width)
{
    struct error e = {.rows = 0};

    error_add(&e, expected, found, rows, width);
    return e;
}

static inline double error_rel(const struct error *e) /* to the largest */
{
    return e->worst / e->largest;
}

static inline double error_rms(const struct error *e)
{
    return sqrt(e->squares / e->expected_squares);
}

static inline double error_kl(const struct error *e) /* mean over rows */
{
    return e->kl / (double)e->rows;
}

/* What an error may be at most; 0: anything, but not all three. */
struct budget {
    double rel, rms, kl;
};

static inline void error_text(const struct error *e, const struct budget *b, const char *name,
                              char *text, size_t bytes)
{
    size_t at = (size_t)snprintf(text, bytes, "%s:", name);
    const struct {
        const char *what;
        double found, max;
    } all[] = {
        {"rel", error_rel(e), b->rel}, {"rms", error_rms(e), b->rms}, {"KL", error_kl(e), b->kl}};

    for (size_t i = 0; i < sizeof all / sizeof all[0] && at < bytes; i++)
        if (all[i].max != 0)
            at += (size_t)snprintf(text + at, bytes - at, " %s %.3g of %.3g,", all[i].what,
                                   all[i].found, all[i].max);
    if (at < bytes)
        snprintf(text + at, bytes - at, " worst at row %zu, column %zu: found %.9g, expected %.9g",
                 e->row, e->column, e->found, e->expected);
}

/* Prints an error beyond its budget; false for one, and for what is no number. The name is a
 * format. */
__attribute__((format(printf, 3, 4))) static inline bool
error_within(const struct error *e, struct budget b, const char *format, ...)
{
    char name[160], text[512];
    va_list list;

    if ((b.rel == 0 || error_rel(e) <= b.rel) && (b.rms == 0 || error_rms(e) <= b.rms) &&
        (b.kl == 0 || error_kl(e) <= b.kl) && isfinite(e->worst) && e->rows > 0 &&
        b.rel + b.rms + b.kl > 0)
        return true;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    error_text(e, &b, name, text, sizeof text);
    print_error("%s\n", text);
    return false;
}

#endif
