/* `rlx devices`. In: nothing. Out: what --device takes on this machine, and what the others lack. */
#include "runtime/tool/command.h"

#include <string.h>

static const char devices_help[] =
    " [options]\n"
    "\n"
    "Lists what models can run on here, under the names that --device takes, and says\n"
    "of other devices what they lack. Without --device, a model runs on the first of\n"
    "cpu and vulkan that it has code for (rlxc build --target); --device=vulkan takes\n"
    "the best Vulkan device, and --device=auto a GPU if there is one that can run the\n"
    "model, else the CPU.\n"
    "\n"
    "  -v, --verbose         drivers, too, and what code may need of a device\n";

static rlx_go print_device(void *context, const rlx_device_info *d)
{
    const struct command_options *o = context;

    printf("%-10s", d->name);
    if (d->title[0] != 0)
        printf(" %s", d->title);
    if (strcmp(d->type, d->name) != 0 && d->title[0] != 0)
        printf(" (%s)", d->type);
    if (d->memory_bytes != 0)
        printf(", %.1f GiB", (double)d->memory_bytes / (1 << 30));
    if (o->verbose && d->driver[0] != 0)
        printf(", driver %s", d->driver);
    if (o->verbose && d->features[0] != 0)
        printf(", has %s", d->features);
    if (d->missing[0] != 0)
        printf(" %s%s", d->title[0] == 0 ? "none: " : "lacks ", d->missing);
    printf("\n");
    return RLX_GO_ON;
}

int command_devices(int argc, char **argv)
{
    struct command_options o;
    rlx_error error;

    if (!command_parse(&o, argc, argv, "", devices_help))
        return EXIT_USAGE;
    return rlx_devices_list(print_device, &o, &error) == RLX_OK ? 0 : command_failed(&error);
}
