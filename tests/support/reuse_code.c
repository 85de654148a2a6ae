/* LLVM's code generator remembers its results, so that the suite runs it once for each module and
 * not once for each program and sanitizer that needs the same module. In: the folder that
 * RLX_TEST_REUSE names; without it, nothing changes. Out: the object file of a module from there, or
 * from LLVM, which is then kept there.
 *
 * The linker puts this in the place of LLVM's function (--wrap). The key is everything that the
 * result depends on: the module's bitcode after all passes, the machine, and LLVM's version. All
 * that is the project's own (emitters, passes that it chooses, the linker of images) always runs.
 */
#include "tests/support/reuse.h"

#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>
#include <string.h>

LLVMBool __real_LLVMTargetMachineEmitToMemoryBuffer(LLVMTargetMachineRef machine,
                                                    LLVMModuleRef module, LLVMCodeGenFileType kind,
                                                    char **message, LLVMMemoryBufferRef *out);
LLVMBool __wrap_LLVMTargetMachineEmitToMemoryBuffer(LLVMTargetMachineRef machine,
                                                    LLVMModuleRef module, LLVMCodeGenFileType kind,
                                                    char **message, LLVMMemoryBufferRef *out);

static void mix_word(XXH3_state_t *state, char *word)
{
    XXH3_128bits_update(state, word, strlen(word) + 1);
    LLVMDisposeMessage(word);
}

static XXH128_hash_t key_of(LLVMTargetMachineRef machine, LLVMModuleRef module)
{
    LLVMMemoryBufferRef bitcode = LLVMWriteBitcodeToMemoryBuffer(module);
    XXH3_state_t *state = XXH3_createState();
    unsigned version[3];

    if (state == NULL)
        abort();
    LLVMGetVersion(&version[0], &version[1], &version[2]);
    XXH3_128bits_reset(state);
    XXH3_128bits_update(state, version, sizeof version);
    mix_word(state, LLVMGetTargetMachineTriple(machine));
    mix_word(state, LLVMGetTargetMachineCPU(machine));
    mix_word(state, LLVMGetTargetMachineFeatureString(machine));
    XXH3_128bits_update(state, LLVMGetBufferStart(bitcode), LLVMGetBufferSize(bitcode));
    XXH128_hash_t key = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    LLVMDisposeMemoryBuffer(bitcode);
    return key;
}

static LLVMMemoryBufferRef find(const char *path)
{
    LLVMMemoryBufferRef found;
    char *message = NULL;

    if (access(path, R_OK) != 0)
        return NULL;
    if (LLVMCreateMemoryBufferWithContentsOfFile(path, &found, &message)) {
        LLVMDisposeMessage(message);
        return NULL;
    }
    return found;
}

LLVMBool __wrap_LLVMTargetMachineEmitToMemoryBuffer(LLVMTargetMachineRef machine,
                                                    LLVMModuleRef module, LLVMCodeGenFileType kind,
                                                    char **message, LLVMMemoryBufferRef *out)
{
    char path[REUSE_PATH_BYTES];

    if (!reuse_is_on() || kind != LLVMObjectFile)
        return __real_LLVMTargetMachineEmitToMemoryBuffer(machine, module, kind, message, out);
    reuse_path(key_of(machine, module), path);
    if ((*out = find(path)) != NULL)
        return 0;
    if (__real_LLVMTargetMachineEmitToMemoryBuffer(machine, module, kind, message, out))
        return 1;
    reuse_keep(path, LLVMGetBufferStart(*out), LLVMGetBufferSize(*out));
    return 0;
}
