/* Checks a path for a result before anything is opened. In: a path; out: 0, or what is wrong with
 * it. The path of a file that the program reads or has written (used_files.h) is refused.
 *
 * `streams`: "-" is standard output, and pipes and devices are written to. Without it, both are
 * refused, and "-" is the name of a file.
 */
#ifndef RLX_GOAL_H
#define RLX_GOAL_H

#include <stdbool.h>

/* Failures in addition to the values of errno. */
enum goal_failure {
    GOAL_READ = -1,
    GOAL_WRITTEN = -2,
    GOAL_NO_FILE = -3,
    GOAL_TERMINAL = -4,
    GOAL_NO_FOLDER = -5,
};

/* 0, or the reason why no result can go there. */
int goal_check(const char *goal, bool streams);
/* The same for an existing file, with 0 if there is none; also tells whether it is a stream. */
int goal_check_there(const char *goal, bool streams, bool *stream);
int goal_check_stream(int descriptor);
bool goal_is_standard_output(const char *goal, bool streams);

/* The path with symbolic links resolved, even if they lead to no file yet; malloc'd. NULL and errno
 * on failure. */
char *goal_behind_links(const char *path);
/* The folder of a path; malloc'd. */
char *goal_folder(const char *path);

/* A failure in words, to follow "cannot be created: " or "cannot be written: ". */
const char *goal_reason(int failure);
/* The name of a goal in messages: "standard output" instead of "-". */
const char *goal_name(const char *goal);

#endif
