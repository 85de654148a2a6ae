/* Where a result may go: what there is to say against a path before anything is opened. A path of a
 * file that is read, or has been written (used_files.h), is refused.
 *
 * `streams`: "-" is standard output, and a pipe or a device is written to and stays. Without it both
 * are refused, and "-" is the name of a file.
 */
#ifndef RLX_GOAL_H
#define RLX_GOAL_H

#include <stdbool.h>

/* Failures besides the values of errno. */
enum goal_failure {
    GOAL_READ = -1,
    GOAL_WRITTEN = -2,
    GOAL_NO_FILE = -3,
    GOAL_TERMINAL = -4,
    GOAL_NO_FOLDER = -5,
};

/* 0, or why no result can go there. */
int goal_check(const char *goal, bool streams);
/* The same of what is there, which is 0 where nothing is; whether that is a stream. */
int goal_check_there(const char *goal, bool streams, bool *stream);
int goal_check_stream(int descriptor);
bool goal_is_standard_output(const char *goal, bool streams);

/* The path behind symbolic links, also where they lead to nothing yet; malloc'd. NULL and errno. */
char *goal_behind_links(const char *path);
/* The folder of a path; malloc'd. */
char *goal_folder(const char *path);

/* A failure in words, behind "cannot be created: " or "cannot be written: ". */
const char *goal_reason(int failure);
/* What messages call a goal that may be a stream: "standard output" instead of "-". */
const char *goal_name(const char *goal);

#endif
