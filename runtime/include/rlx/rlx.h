/* rlx: runs compiled models. This header has everything, layer by layer:
 *
 *   base.h      statuses, errors, what callbacks return
 *   device.h    what models can run on
 *   model.h     a mapped artifact: read-only, cheap to open (no weight is touched), shared by any
 *               number of threads
 *   text.h      tokens and chat templates of a model
 *   session.h   one sequence of tokens on a model: history, states, sampling, generation
 *   saved.h     a session's states from outside, and in files
 *   instance.h  below sessions, for models of any shape: entries with inputs, outputs and states by
 *               name
 *
 * Only one thread may use a session or an instance at a time. That thread computes along with its
 * own threads, so it needs 256 kB of free stack (every thread has that by default, unless it was
 * created with a small stack).
 *
 * Functions return RLX_OK, or another status and fill the caller's rlx_error: what, where,
 * expected, found. They never print and never abort. Results come through `out`, which is NULL
 * after a failure. Once a session is open, only the calls that say so allocate memory.
 *
 * Numbers. `count` is how many elements the caller passes, `capacity` how many it has room for,
 * `made` how many the function made, `max` a limit. Sizes in bytes say so. Zero turns an option off
 * or chooses its default.
 *
 * Pointers. Every pointer must be valid, unless its comment says that it may be NULL. `error` and
 * the `context` of a callback may always be NULL, and so may a pointer whose count of bytes or
 * elements is 0. NULL anywhere else gives RLX_ERROR_BAD_ARGUMENT, with a sentence that names the
 * argument, and changes nothing. Functions without an rlx_error then return RLX_ERROR_BAD_ARGUMENT,
 * 0, false or NULL; functions that return nothing do nothing.
 *
 * Callbacks take their context first and return RLX_GO_ON or RLX_GO_STOP. They run on the thread
 * that called. They may query the session. Only on_token and on_text of rlx_session_generate may
 * also change it, and no callback may close it.
 *
 * Structures that begin with struct_bytes may grow at the end in later versions, and struct_bytes
 * says which fields the caller knows: start from what rlx_NAME_default() returns. A struct_bytes
 * that is 0, or a size that the structure never had, gives RLX_ERROR_BAD_ARGUMENT. A larger one
 * comes from a caller that is newer than the library: options that the library does not know must
 * then be 0, and results that it does not know become 0.
 *
 * Trust. An artifact holds machine code, which runs as part of the program: run only artifacts that
 * you built or trust. The library detects damage (in weights and code, rlx_model_verify does), but
 * not forgery. All other input, such as saved sessions, texts, conversations and tokens, may be
 * hostile. */
#ifndef RLX_H
#define RLX_H

#include <rlx/base.h>
#include <rlx/device.h>
#include <rlx/instance.h>
#include <rlx/model.h>
#include <rlx/saved.h>
#include <rlx/session.h>
#include <rlx/text.h>

#endif
