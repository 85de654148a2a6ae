/* Files that this program reads, and results that it has written. No later output replaces one of
 * them, however its path is spelled (atomic_file.h checks). Mappings are recorded too, so that a
 * program can say which file became too short (program.h). Any thread may call these functions. */
#ifndef RLX_USED_FILES_H
#define RLX_USED_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

enum file_use { FILE_UNUSED, FILE_READ, FILE_WRITTEN };

struct used_file;

/* Only regular files count. If memory for this runs out, every file counts as read from then on, so
 * that nothing is replaced. */
void used_file_add(int descriptor, enum file_use use);
void used_file_add_path(const char *path); /* as read; does nothing if there is no file */
/* Opens a file for reading, as fopen does. */
FILE *used_file_open(const char *path);

/* Records a file that is read and mapped at `data`; copies `name`. NULL: as above. */
struct used_file *used_file_map(int descriptor, const char *name, const void *data, uint64_t bytes);
/* The file is no longer mapped (NULL: does nothing). It still counts as read, or is forgotten. */
void used_file_unmap(struct used_file *u);
void used_file_forget(struct used_file *u);
/* A command begins: files of an earlier command in the same program no longer count, unless they
 * are mapped. Standard input and the program itself count as read. */
void used_files_begin(void);

enum file_use used_file_find(const struct stat *facts);
/* The name of the file that is mapped at `address`, or NULL, and whether it is now shorter than
 * before. Also for signal handlers. */
const char *used_file_at(const void *address, bool *shorter);

#endif
