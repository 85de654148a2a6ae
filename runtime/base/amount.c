/* Chooses the unit that leaves one to three digits before the point. Contract: amount.h. */
#include "runtime/base/amount.h"

#include <stdio.h>

static const char *amount(double value, const char *const units[5], char text[AMOUNT_BYTES])
{
    int unit = 0;

    for (; unit < 4 && value >= 999.95; unit++)
        value /= 1000;
    snprintf(text, AMOUNT_BYTES, unit == 0 ? "%.0f%s" : "%.1f%s", value, units[unit]);
    return text;
}

const char *amount_of_bytes(double bytes, char text[AMOUNT_BYTES])
{
    static const char *const units[] = {" bytes", " kB", " MB", " GB", " TB"};

    return amount(bytes, units, text);
}

const char *amount_of_things(double count, char text[AMOUNT_BYTES])
{
    static const char *const units[] = {"", " thousand", " million", " billion", " trillion"};

    return amount(count, units, text);
}
