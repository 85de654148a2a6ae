/* GLSL to SPIR-V, in this process. In: the text of a shader; out: an optimized module for Vulkan 1.2
 * that the validator accepts, and on request its text; or a message. */
#include "targets/vulkan/vulkan.h"

#include <glslang/Include/glslang_c_interface.h>
#include <glslang/Public/resource_limits_c.h>
#include <pthread.h>
#include <spirv-tools/libspirv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION = 460 };

static pthread_once_t started = PTHREAD_ONCE_INIT;

/* Its tables stay for the life of the process. */
static void start(void)
{
    glslang_initialize_process();
}

static glslang_input_t input_of(const char *glsl)
{
    return (glslang_input_t){.language = GLSLANG_SOURCE_GLSL,
                             .stage = GLSLANG_STAGE_COMPUTE,
                             .client = GLSLANG_CLIENT_VULKAN,
                             .client_version = GLSLANG_TARGET_VULKAN_1_2,
                             .target_language = GLSLANG_TARGET_SPV,
                             .target_language_version = GLSLANG_TARGET_SPV_1_5,
                             .code = glsl,
                             .default_version = VERSION,
                             .default_profile = GLSLANG_NO_PROFILE,
                             .messages = GLSLANG_MSG_SPV_RULES_BIT | GLSLANG_MSG_VULKAN_RULES_BIT,
                             .resource = glslang_default_resource()};
}

/* Without the line ends at its end. */
static char *copied(const char *text)
{
    size_t bytes = strlen(text);

    while (bytes > 0 && text[bytes - 1] == '\n')
        bytes--;
    return strndup(text, bytes);
}

static void take_words(glslang_program_t *program, struct vulkan_module *out)
{
    glslang_spv_options_t options = {.strip_debug_info = true, .optimize_size = true};
    const char *messages;

    glslang_program_SPIRV_generate_with_options(program, GLSLANG_STAGE_COMPUTE, &options);
    messages = glslang_program_SPIRV_get_messages(program);
    if (messages != NULL && messages[0] != 0) {
        out->error = copied(messages);
        return;
    }
    out->bytes = glslang_program_SPIRV_get_size(program) * sizeof *out->words;
    out->words = malloc(out->bytes + 1);
    if (out->words == NULL)
        out->error = strdup("out of memory");
    else
        glslang_program_SPIRV_get(program, out->words);
}

static void compile(const char *glsl, struct vulkan_module *out)
{
    const glslang_input_t input = input_of(glsl);
    glslang_shader_t *shader = glslang_shader_create(&input);
    glslang_program_t *program = glslang_program_create();

    if (!glslang_shader_preprocess(shader, &input) || !glslang_shader_parse(shader, &input)) {
        out->error = copied(glslang_shader_get_info_log(shader));
    } else {
        glslang_program_add_shader(program, shader);
        if (!glslang_program_link(program, (int)input.messages))
            out->error = copied(glslang_program_get_info_log(program));
        else
            take_words(program, out);
    }
    glslang_program_delete(program);
    glslang_shader_delete(shader);
}

/* ---- SPIRV-Tools ---- */

static char *validate(spv_context context, const struct vulkan_module *m)
{
    spv_const_binary_t binary = {m->words, m->bytes / sizeof *m->words};
    spv_validator_options options = spvValidatorOptionsCreate();
    spv_diagnostic diagnostic = NULL;
    char *error = NULL;

    spvValidatorOptionsSetScalarBlockLayout(options, true);
    if (spvValidateWithOptions(context, options, &binary, &diagnostic) != SPV_SUCCESS)
        error = strdup(diagnostic != NULL && diagnostic->error != NULL ? diagnostic->error
                                                                       : "an invalid module");
    spvDiagnosticDestroy(diagnostic);
    spvValidatorOptionsDestroy(options);
    return error;
}

static void disassemble(spv_context context, struct vulkan_module *m)
{
    spv_text text = NULL;

    if (spvBinaryToText(context, m->words, m->bytes / sizeof *m->words,
                        SPV_BINARY_TO_TEXT_OPTION_INDENT, &text, NULL) == SPV_SUCCESS)
        m->assembly = strdup(text->str);
    spvTextDestroy(text);
}

void vulkan_compile(const char *glsl, bool assembly, struct vulkan_module *out)
{
    *out = (struct vulkan_module){.words = NULL};
    pthread_once(&started, start);
    compile(glsl, out);
    if (out->error != NULL)
        return;
    spv_context context = spvContextCreate(SPV_ENV_VULKAN_1_2);
    out->error = validate(context, out);
    if (assembly && out->error == NULL)
        disassemble(context, out);
    spvContextDestroy(context);
}
