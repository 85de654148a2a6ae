/* Files that this program reads, and results that it has written: no later output takes the place
 * of one of them, however its path is spelled (beside.h asks). Where they are mapped is known too,
 * so that a program can say which file became too short under it (program.h). Any thread.
 */
#ifndef RLX_USED_FILES_H
#define RLX_USED_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

enum file_use { FILE_UNUSED, FILE_READ, FILE_WRITTEN };

struct used_file;

/* Only regular files count. Where memory for that runs out, every file counts as read from then on,
 * so that nothing is replaced. */
void used_file_add(int descriptor, enum file_use use);
void used_file_add_path(const char *path); /* as read; nothing where nothing is there */
/* Opens a file for reading, as fopen does. */
FILE *used_file_open(const char *path);

/* A file that is read and mapped at `data`; `name` is copied. NULL: as above. */
struct used_file *used_file_map(int descriptor, const char *name, const void *data, uint64_t bytes);
/* It is mapped no more (NULL: nothing happens). It still counts as read, or is forgotten. */
void used_file_unmap(struct used_file *u);
void used_file_forget(struct used_file *u);
/* A command begins: what an earlier one in the same program used counts no more, where it is not
 * mapped. Standard input and the program itself count as read. */
void used_files_begin(void);

enum file_use used_file_find(const struct stat *facts);
/* In a signal handler, too: the name of the file that is mapped at `address`, or NULL, and whether
 * it is shorter now than it was. */
const char *used_file_at(const void *address, bool *shorter);

#endif
