/* Amounts for people, in the reports of both programs. In: a number; out: text in decimal units. */
#ifndef RLX_AMOUNT_H
#define RLX_AMOUNT_H

enum { AMOUNT_BYTES = 32 };

/* "512 bytes", "87.2 kB", "22.5 GB"; returns `text`. */
const char *amount_of_bytes(double bytes, char text[AMOUNT_BYTES]);
/* "656 thousand", "134.5 million", "8.0 billion". */
const char *amount_of_things(double count, char text[AMOUNT_BYTES]);

#endif
