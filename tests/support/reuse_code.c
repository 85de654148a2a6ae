/* LLVM's code generator remembers its results, so that the suite runs it once for each module and
 * not once for each program and sanitizer that needs the same module. In: the folder that
 * RLX_TEST_REUSE names; without it, nothing changes. Out: the object file of a module from there, or
 * from LLVM, which is then kept there.
 *
 * The linker puts this in the place of LLVM's function (--wrap). The key is everything that the
 * result depends on: the module's bitcode after all passes, the machine, and LLVM's version. All
 * that is the project's own (emitters, passes that it chooses, the linker of images) always runs.
 */
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

LLVMBool __real_LLVMTargetMachineEmitToMemoryBuffer(LLVMTargetMachineRef machine,
                                                    LLVMModuleRef module, LLVMCodeGenFileType kind,
                                                    char **message, LLVMMemoryBufferRef *out);
LLVMBool __wrap_LLVMTargetMachineEmitToMemoryBuffer(LLVMTargetMachineRef machine,
                                                    LLVMModuleRef module, LLVMCodeGenFileType kind,
                                                    char **message, LLVMMemoryBufferRef *out);

enum { PATH_BYTES = 1024 };

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

/* A file is complete, because it gets its name when all is written. */
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

/* A result that cannot be kept is made again. */
static void keep(const char *path, LLVMMemoryBufferRef made)
{
    const size_t bytes = LLVMGetBufferSize(made);
    char unfinished[PATH_BYTES + 8];

    snprintf(unfinished, sizeof unfinished, "%s.XXXXXX", path);
    const int file = mkstemp(unfinished);
    if (file < 0)
        return;
    const bool whole = write(file, LLVMGetBufferStart(made), bytes) == (ssize_t)bytes;
    if (close(file) != 0 || !whole || rename(unfinished, path) != 0)
        unlink(unfinished);
}

LLVMBool __wrap_LLVMTargetMachineEmitToMemoryBuffer(LLVMTargetMachineRef machine,
                                                    LLVMModuleRef module, LLVMCodeGenFileType kind,
                                                    char **message, LLVMMemoryBufferRef *out)
{
    const char *folder = getenv("RLX_TEST_REUSE");
    char path[PATH_BYTES];

    if (folder == NULL || folder[0] == 0 || kind != LLVMObjectFile)
        return __real_LLVMTargetMachineEmitToMemoryBuffer(machine, module, kind, message, out);
    const XXH128_hash_t key = key_of(machine, module);
    const int length = snprintf(path, sizeof path, "%s/%016llx%016llx", folder,
                                (unsigned long long)key.high64, (unsigned long long)key.low64);
    if (length < 0 || (size_t)length >= sizeof path)
        abort();
    if ((*out = find(path)) != NULL)
        return 0;
    if (__real_LLVMTargetMachineEmitToMemoryBuffer(machine, module, kind, message, out))
        return 1;
    keep(path, *out);
    return 0;
}
