/* Reading messages. Contract: chat_input.h. */
#include "runtime/tool/chat_input.h"

#include "runtime/tool/command.h"
#include "runtime/tool/line_message.h"
#include "runtime/tool/line_terminal.h"
#include "runtime/tool/line_text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char first_prompt[] = "> ", more_prompt[] = "| ";

void chat_input_open(struct chat_input *in, enum chat_source source, bool (*ended)(void))
{
    memset(in, 0, sizeof *in);
    in->source = source;
    in->ended = ended;
    if (source == CHAT_EDITOR)
        line_editor_open(&in->editor, first_prompt, more_prompt, line_history_path(), ended);
    else if (source == CHAT_LINES && isatty(STDIN_FILENO))
        in->prompt = isatty(STDOUT_FILENO) ? stdout : isatty(STDERR_FILENO) ? stderr : NULL;
}

void chat_input_close(struct chat_input *in)
{
    if (in->source == CHAT_EDITOR)
        line_editor_close(&in->editor);
    line_buffer_free(&in->lines);
    line_text_free(&in->text);
}

/* One line without its end; false: no more. An incomplete last line counts. */
static bool read_line(struct chat_input *in, const char *prompt)
{
    char *line = NULL;
    size_t capacity = 0;

    if (in->prompt != NULL) {
        fputs(prompt, in->prompt);
        fflush(in->prompt);
    }
    ssize_t length = getline(&line, &capacity, stdin);
    if (length > 0 && line[length - 1] == '\n')
        length--;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    bool good = length >= 0 && line_buffer_insert(&in->lines, line, (size_t)length);
    free(line);
    return good;
}

static enum chat_input_found read_lines(struct chat_input *in)
{
    in->lines.text.bytes = in->lines.cursor = 0;
    bool good = !in->done && read_line(in, first_prompt);
    if (!good || in->ended()) {
        if (in->prompt != NULL)
            putc('\n', in->prompt);
        if (in->done || in->ended() || command_read_whole(stdin, "standard input"))
            return CHAT_END;
        in->done = true;
        return CHAT_BAD;
    }
    while (line_message_continue(&in->lines) && read_line(in, more_prompt))
        ;
    return line_text_set(&in->text, in->lines.text.data, in->lines.text.bytes) ? CHAT_MESSAGE
                                                                               : CHAT_END;
}

/* Drops one line end at the end. */
static enum chat_input_found read_whole(struct chat_input *in)
{
    size_t bytes;

    if (in->done)
        return CHAT_END;
    in->done = true;
    char *text = command_read_all(stdin, "standard input", &bytes);
    if (text == NULL)
        return CHAT_BAD;
    bytes -= bytes > 0 && text[bytes - 1] == '\n';
    bytes -= bytes > 0 && text[bytes - 1] == '\r';
    bool good = line_text_set(&in->text, text, bytes);
    free(text);
    return good ? CHAT_LITERAL : CHAT_BAD;
}

static enum chat_input_found read_editor(struct chat_input *in)
{
    struct line_text text;
    enum line_read found = line_editor_read(&in->editor, &text);

    if (found != LINE_READ)
        return found == LINE_READ_INTERRUPT ? CHAT_INTERRUPTED : CHAT_END;
    return line_text_set(&in->text, text.data, text.bytes) ? CHAT_MESSAGE : CHAT_BAD;
}

enum chat_input_found chat_input_next(struct chat_input *in, struct line_text *message)
{
    enum chat_input_found found = in->source == CHAT_EDITOR  ? read_editor(in)
                                  : in->source == CHAT_LINES ? read_lines(in)
                                                             : read_whole(in);
    struct line_text *t = &in->text;

    *message = (struct line_text){0};
    if (found != CHAT_MESSAGE && found != CHAT_LITERAL)
        return found;
    if (t->bytes != 0 && memchr(t->data, 0, t->bytes) != NULL) {
        fprintf(stderr, "%s: the message contains a zero byte and is not sent\n", program_name);
        return CHAT_BAD;
    }
    if (found == CHAT_MESSAGE) {
        size_t before = t->bytes;
        line_message_take(t);
        found = t->bytes != before ? CHAT_LITERAL : CHAT_MESSAGE;
    }
    if (!line_text_insert(t, t->bytes, "", 1))
        return CHAT_BAD;
    t->bytes--;
    *message = *t;
    return found;
}
