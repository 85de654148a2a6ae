/* One figure against its bar, for tables that scripts make: prints the cell.
 *
 *     perf_bar KIND WORK VALUE
 */
#include "tests/perf/bars.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: perf_bar KIND WORK VALUE\n");
        return 2;
    }
    bar_print(bar_find(argv[1], argv[2], "limit", REGIME_ONE), 1, true, strtod(argv[3], NULL));
    return 0;
}
