/* Free memory of the machine and of control groups. Contract: free_memory.h. Formats: proc(5) for
 * /proc/meminfo, Documentation/admin-guide/cgroup-v2.rst of Linux for the files of groups. */
#include "runtime/base/free_memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PATH = 1024, ROOT = 16 /* and the folder of groups before it */ };

/* The number after `key` at the beginning of a line of the file. "max" is no number. */
static bool read_number(const char *path, const char *key, uint64_t *out)
{
    char line[256];
    bool found = false;
    FILE *file = fopen(path, "r");
    unsigned long long number;
    const size_t length = strlen(key);

    if (file == NULL)
        return false;
    while (!found && fgets(line, sizeof line, file) != NULL)
        found = strncmp(line, key, length) == 0 && sscanf(line + length, "%llu", &number) == 1;
    fclose(file);
    if (found)
        *out = number;
    return found;
}

/* What a group may still use: its limit less what it uses, but for files that the system can drop. */
static uint64_t group_room(const char *folder)
{
    char path[PATH + ROOT + 32];
    uint64_t limit, used, files = 0;

    snprintf(path, sizeof path, "%s/memory.max", folder);
    if (!read_number(path, "", &limit))
        return UINT64_MAX;
    snprintf(path, sizeof path, "%s/memory.current", folder);
    if (!read_number(path, "", &used))
        return UINT64_MAX;
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    (void)read_number(path, "inactive_file", &files);
    used -= files < used ? files : used;
    return used < limit ? limit - used : 0;
}

/* The least room of this process's group and of those above it; a limit holds for all below. */
static uint64_t groups_room(void)
{
    static const char root[] = "/sys/fs/cgroup";
    char folder[PATH + ROOT] = "", line[PATH];
    uint64_t least = UINT64_MAX;
    FILE *file = fopen("/proc/self/cgroup", "r");

    if (file == NULL)
        return UINT64_MAX;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "0::/", 4) == 0) { /* the line of version 2 */
            line[strcspn(line, "\n")] = 0;
            snprintf(folder, sizeof folder, "%s%s", root, line + 3);
        }
    fclose(file);
    for (char *end = folder + strlen(folder); strlen(folder) >= strlen(root); *end = 0) {
        const uint64_t room = group_room(folder);
        least = room < least ? room : least;
        end = strrchr(folder, '/');
    }
    return least;
}

uint64_t free_memory(void)
{
    uint64_t kib, group = groups_room();

    if (!read_number("/proc/meminfo", "MemAvailable:", &kib))
        return 0;
    return kib * 1024 < group ? kib * 1024 : group;
}
