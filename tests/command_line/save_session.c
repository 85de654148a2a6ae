/* For chat.sh: saves a session without messages, or with another note, as other programs do.
 * save_session MODEL.rlx FILE [NOTE], where | stands for a byte 0 */
#include <rlx/rlx.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    rlx_model *model = NULL;
    rlx_session *session = NULL;
    rlx_error error = {RLX_ERROR_BAD_ARGUMENT, "expected MODEL.rlx FILE [NOTE]"};
    const int32_t ids[] = {1, 2, 3};
    size_t bytes = argc == 4 ? strlen(argv[3]) : 0;

    for (size_t i = 0; i < bytes; i++)
        argv[3][i] = argv[3][i] == '|' ? 0 : argv[3][i];

    bool good = (argc == 3 || argc == 4) && rlx_model_open(argv[1], &model, &error) == RLX_OK &&
                rlx_session_open(model, NULL, &session, &error) == RLX_OK &&
                rlx_session_append(session, ids, 3, &error) == RLX_OK &&
                (argc == 3 || rlx_session_set_note(session, argv[3], bytes, &error) == RLX_OK) &&
                rlx_session_save(session, argv[2], &error) == RLX_OK;
    if (!good)
        fprintf(stderr, "save_session: %s\n", error.text);
    rlx_session_close(session);
    if (model != NULL)
        rlx_model_close(model);
    return good ? 0 : 1;
}
