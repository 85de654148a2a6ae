/* Answers one prompt. In: text or ids. Out: streaming text, ids, or one JSON object. */
#ifndef RLX_ANSWER_H
#define RLX_ANSWER_H

#include "runtime/tool/command.h"

struct answerer {
    const struct command_options *options;
    rlx_model *model;
    rlx_session *session;
    rlx_model_info info;
    bool templated; /* texts are messages, rendered with the model's chat template */
    double opened_seconds;
    unsigned long line; /* of a prompt among several; else 0 */
};

/* Both clear the session first, and return an exit code, after a message if it is not 0. */
int answer_text(const struct answerer *a, const char *text, size_t bytes);
int answer_ids(const struct answerer *a, const int32_t *ids, size_t count);

#endif
