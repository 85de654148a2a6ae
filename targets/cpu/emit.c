/* Compiles kernels to machine code. In: descriptions of kernels and of a machine; out: one image.
 * Each kernel is a separate module, which one of `threads` threads makes, optimizes and compiles
 * with its own LLVM context. So its bytes depend only on itself and on whether there is a kernel
 * that it can call (find_calls). The objects are then linked in the order of the kernels.
 *
 * The code is emitted as it should run (tiles unrolled, vectors explicit), so there are few passes:
 * they merge equal values, hoist loop invariants, and remove dead code. No pass may unroll or
 * vectorize, or call a library.
 */
#include "targets/cpu/cpu.h"

#include "compiler/base/threads.h"

#include <rlx/kernel.h>

#include <llvm-c/Support.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static const char passes[] = "function(early-cse<memssa>,loop-mssa(licm),early-cse)";

struct result { /* of one kernel */
    uint8_t *object;
    uint64_t bytes;
    char *ll, *assembly;
    uint64_t assembly_bytes;
    char *error;
};

struct work {
    const struct isa *isa;
    const struct lir_kernel *kernels;
    const char **names;
    const char **equals, **singles; /* by kernel: what it may call, or NULL */
    struct result *results;
    struct turn *turns;
    LLVMTargetRef target;
    uint32_t count;
    bool ll, assembly;
    struct build_cache *build_cache; /* of objects; NULL: none */
    atomic_uint next;
};

struct turn { /* the kernels in the order in which threads take them */
    uint32_t kernel, sums;
};

enum { OBJECT_BYTES_MAX = 1 << 20 }; /* of an object in the build cache */

typedef void (*emitter)(const struct builder *b);

static const emitter emitters[KERNEL_KIND_COUNT] = {
#define KERNEL(name, ...) emit_##name,
#include "compiler/lir/kernel_kinds.def"
#undef KERNEL
};

static void add_attribute(const struct builder *b, const char *name, const char *value)
{
    LLVMAttributeRef attribute = LLVMCreateStringAttribute(b->context, name, (unsigned)strlen(name),
                                                           value, (unsigned)strlen(value));

    LLVMAddAttributeAtIndex(b->function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex, attribute);
}

static void add_flag(const struct builder *b, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));

    assert(kind != 0);
    LLVMAddAttributeAtIndex(b->function, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                            LLVMCreateEnumAttribute(b->context, kind, 0));
}

static bool uses_matrices(const struct lir_kernel *k)
{
    return matmul_uses_matrices(k) || (k->kind == KERNEL_attention && k->attention.matrices);
}

static void set_attributes(const struct builder *b)
{
    char width[8] /* bits of a register */, features[128];
    const bool has_matrices = uses_matrices(b->kernel);

    snprintf(features, sizeof features, "%s%s%s", b->isa->extra, has_matrices ? "," : "",
             has_matrices ? b->isa->matrices->features : "");
    snprintf(width, sizeof width, "%d", 32 * b->isa->lanes);
    add_attribute(b, "target-cpu", b->isa->cpu);
    if (features[0] != 0)
        add_attribute(b, "target-features", features);
    add_attribute(b, "prefer-vector-width", width);
    add_attribute(b, "min-legal-vector-width", width);
    add_attribute(b, "no-builtins", "true");
    add_flag(b, "nounwind");
    add_flag(b, "willreturn");
}

static void open_builder(struct builder *b, const struct isa *isa, const struct lir_kernel *k,
                         const char *name)
{
    *b = (struct builder){.isa = isa, .kernel = k, .context = LLVMContextCreate()};
    b->module = LLVMModuleCreateWithNameInContext(name, b->context);
    b->ir = LLVMCreateBuilderInContext(b->context);
    b->i1 = LLVMInt1TypeInContext(b->context);
    b->i8 = LLVMInt8TypeInContext(b->context);
    b->i16 = LLVMInt16TypeInContext(b->context);
    b->i32 = LLVMInt32TypeInContext(b->context);
    b->i64 = LLVMInt64TypeInContext(b->context);
    b->f16 = LLVMHalfTypeInContext(b->context);
    b->f32 = LLVMFloatTypeInContext(b->context);
    b->pointer = LLVMPointerTypeInContext(b->context, 0);
    b->f32x16 = vector_of(b->f32, LANES);
    b->i32x16 = vector_of(b->i32, LANES);
}

/* ---- kernels that call others ---- */

/* A kernel of the lm_head that takes several tokens per tile. It is made for many rows but mostly
 * runs on one, the last row of a prompt. That row is packed and computed as a tile of one token. */
static bool has_single(const struct lir_kernel *k)
{
    const struct act_format *format = lir_format(k);

    return format != NULL && k->rows_symbol == SYMBOL_OUT_ROWS && format->tile_rows > 1;
}

static struct lir_kernel single_of(const struct lir_kernel *k)
{
    struct lir_kernel one = *k;

    if (one.kind == KERNEL_norm_quant) {
        one.norm_quant.format.tile_rows = 1;
    } else if (one.kind == KERNEL_matmul) {
        one.matmul.format.tile_rows = 1;
        one.matmul.staged = 0;
    }
    return one;
}

/* Kernels for ROWS and for OUT_ROWS take it: ROWS becomes the number of rows that are asked for. */
static void emit_call(const struct builder *b, const char *name)
{
    LLVMTypeRef line = b->i32x16; /* 64 bytes: sizes are two, and a launch is one and 8 bytes */
    LLVMValueRef dims = stack_array(b, 128), launch = stack_array(b, 128);
    LLVMValueRef from = LLVMGetParam(b->function, 0);
    LLVMTypeRef type = LLVMGlobalGetValueType(b->function);
    LLVMValueRef kernel = LLVMAddFunction(b->module, name, type);
    LLVMValueRef arguments[3] = {launch, b->first_tile, b->end_tile};
    _Static_assert(sizeof(struct rlx_launch) == 72 && sizeof(int64_t) * RLX_DIM_COUNT == 128 &&
                       offsetof(struct rlx_launch, dims) == 8,
                   "one line and 8 bytes, and two");

    store(b, load(b, line, b->dims, 8), dims, 64);
    store(b, load(b, line, at_number(b, b->dims, 64), 8), at_number(b, dims, 64), 64);
    store(b, load_dim(b, SYMBOL_OUT_ROWS), at_number(b, dims, 8 * SYMBOL_ROWS), 8);
    store(b, load(b, line, from, 8), launch, 64);
    store(b, load(b, b->i64, at_number(b, from, 64), 8), at_number(b, launch, 64), 8);
    store(b, dims, at_number(b, launch, 8), 8);
    LLVMBuildCall2(b->ir, type, kernel, arguments, 3, "");
}

static void emit_tiles(const struct builder *b)
{
    if (b->equal != NULL)
        emit_call(b, b->equal);
    else
        emitters[b->kernel->kind](b);
}

static void emit_single(const struct builder *b)
{
    const struct lir_kernel one = single_of(b->kernel);
    struct builder inside = *b;

    inside.kernel = &one;
    if (b->single != NULL)
        emit_call(b, b->single);
    else
        emitters[one.kind](&inside);
}

static void emit_kernel(const struct builder *b)
{
    if (!has_single(b->kernel)) {
        emit_tiles(b);
        return;
    }
    LLVMValueRef one =
        LLVMBuildICmp(b->ir, LLVMIntEQ, load_dim(b, b->kernel->rows_symbol), i64_number(b, 1), "");
    LLVMBasicBlockRef after = when_begin(b, one);
    emit_single(b);
    when_end(b, after);
    after = when_begin(b, LLVMBuildNot(b->ir, one, ""));
    emit_tiles(b);
    when_end(b, after);
}

/* ---- a kernel ---- */

/* void name(const struct rlx_launch *launch, uint64_t first_tile, uint64_t end_tile): rlx/kernel.h.
 */
static void build_function(struct builder *b, const char *name)
{
    LLVMTypeRef parameters[3] = {b->pointer, b->i64, b->i64};
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(b->context), parameters, 3, false);
    const struct lir_kernel *k = b->kernel;

    b->function = LLVMAddFunction(b->module, name, type);
    set_attributes(b);
    b->entry = LLVMAppendBasicBlockInContext(b->context, b->function, "entry");
    LLVMBasicBlockRef start = LLVMAppendBasicBlockInContext(b->context, b->function, "start");
    LLVMPositionBuilderAtEnd(b->ir, start);
    LLVMValueRef launch = LLVMGetParam(b->function, 0);
    LLVMValueRef args = load(b, b->pointer, launch, 8);
    b->dims = load(b, b->pointer, at_number(b, launch, 8), 8);
    b->first_tile = LLVMGetParam(b->function, 1);
    b->end_tile = LLVMGetParam(b->function, 2);
    for (uint32_t slot = 0; slot < lir_slot_count(k); slot++)
        b->args[lir_slot_argument(k, slot)] =
            load(b, b->pointer, at_number(b, args, 8 * (int64_t)slot), 8);
    emit_kernel(b);
    LLVMBuildRetVoid(b->ir);
    LLVMPositionBuilderAtEnd(b->ir, b->entry);
    LLVMBuildBr(b->ir, start);
}

static char *taken(char *message)
{
    char *copy = strdup(message);

    LLVMDisposeMessage(message);
    return copy;
}

static char *optimize(const struct builder *b, LLVMTargetMachineRef machine)
{
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = LLVMRunPasses(b->module, passes, machine, options);

    LLVMDisposePassBuilderOptions(options);
    if (error == NULL)
        return NULL;
    char *message = LLVMGetErrorMessage(error), *copy = strdup(message);
    LLVMDisposeErrorMessage(message);
    return copy;
}

/* Compiles the module to `kind`; returns a message where that fails. */
static char *compile(LLVMModuleRef module, LLVMTargetMachineRef machine, LLVMCodeGenFileType kind,
                     uint8_t **out, uint64_t *bytes)
{
    LLVMMemoryBufferRef buffer;
    char *message = NULL;

    if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, kind, &message, &buffer))
        return taken(message);
    *bytes = LLVMGetBufferSize(buffer);
    *out = malloc(*bytes + 1);
    if (*out != NULL)
        memcpy(*out, LLVMGetBufferStart(buffer), *bytes);
    LLVMDisposeMemoryBuffer(buffer);
    return *out != NULL ? NULL : strdup("out of memory");
}

static void compile_one(const struct work *w, uint32_t index, LLVMTargetMachineRef machine,
                        struct result *r)
{
    struct builder b;
    char *message = NULL;

    open_builder(&b, w->isa, &w->kernels[index], w->names[index]);
    b.equal = w->equals[index];
    b.single = w->singles[index];
    LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
    LLVMSetModuleDataLayout(b.module, layout);
    LLVMSetTarget(b.module, w->isa->machine->triple);
    build_function(&b, w->names[index]);
    if (LLVMVerifyModule(b.module, LLVMReturnStatusAction, &message))
        r->error = strdup(message);
    LLVMDisposeMessage(message);
    if (r->error == NULL)
        r->error = optimize(&b, machine);
    if (r->error == NULL && w->ll)
        r->ll = taken(LLVMPrintModuleToString(b.module));
    if (r->error == NULL && w->assembly) {
        LLVMModuleRef copy = LLVMCloneModule(b.module);
        r->error =
            compile(copy, machine, LLVMAssemblyFile, (uint8_t **)&r->assembly, &r->assembly_bytes);
        LLVMDisposeModule(copy);
    }
    if (r->error == NULL)
        r->error = compile(b.module, machine, LLVMObjectFile, &r->object, &r->bytes);
    LLVMDisposeTargetData(layout);
    LLVMDisposeBuilder(b.ir);
    LLVMDisposeModule(b.module);
    LLVMContextDispose(b.context);
}

static void mix_name(struct build_cache_mixer *mixer, const char *name)
{
    name = name != NULL ? name : "";
    build_cache_mix(mixer, name, strlen(name) + 1);
}

/* All that an object depends on. The emitters and the machines' descriptions are part of the
 * program, whose digest the build cache adds. */
static struct build_cache_key object_key(const struct work *w, uint32_t index)
{
    struct build_cache_mixer mixer = build_cache_mix_begin(w->build_cache, "cpu kernel");
    unsigned version[3];

    LLVMGetVersion(&version[0], &version[1], &version[2]);
    build_cache_mix(&mixer, version, sizeof version);
    mix_name(&mixer, w->isa->level);
    build_cache_mix(&mixer, &w->kernels[index], lir_kernel_bytes(&w->kernels[index]));
    mix_name(&mixer, w->equals[index]);
    mix_name(&mixer, w->singles[index]);
    return build_cache_mix_end(&mixer);
}

static bool find_object(struct work *w, const struct build_cache_key *key, struct result *r)
{
    r->object = malloc(OBJECT_BYTES_MAX);
    if (r->object != NULL &&
        build_cache_find(w->build_cache, key, r->object, OBJECT_BYTES_MAX, &r->bytes))
        return true;
    free(r->object);
    r->object = NULL;
    return false;
}

static LLVMTargetMachineRef make_machine(const struct work *w)
{
    const struct isa *isa = w->isa;

    return LLVMCreateTargetMachine(w->target, isa->machine->triple, isa->cpu, isa->extra,
                                   LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelSmall);
}

static const char *find_kernel(const struct work *w, const struct lir_kernel *k)
{
    for (uint32_t i = 0; i < w->count; i++)
        if (lir_kernel_equal(&w->kernels[i], k))
            return w->names[i];
    return NULL;
}

/* The lm_head has rows and products that the body has too, for other rows, and products of several
 * tokens also exist for one. Such a kernel is a call of the other one. */
static void find_calls(struct work *w, uint32_t index)
{
    struct lir_kernel k = w->kernels[index], one = single_of(&k);

    if (k.rows_symbol != SYMBOL_OUT_ROWS || lir_format(&k) == NULL)
        return;
    if (has_single(&k))
        w->singles[index] = find_kernel(w, &one);
    k.rows_symbol = one.rows_symbol = SYMBOL_ROWS;
    w->equals[index] = find_kernel(w, &k);
    if (has_single(&w->kernels[index]) && w->singles[index] == NULL)
        w->singles[index] = find_kernel(w, &one);
}

/* ---- threads ---- */

/* Large kernels first, so that no thread is left with one at the end: those with the most sums. */
static int compare_turns(const void *a, const void *b)
{
    const struct turn *x = a, *y = b;

    if (x->sums != y->sums)
        return x->sums < y->sums ? 1 : -1;
    return (x->kernel > y->kernel) - (x->kernel < y->kernel);
}

static void take_turns(struct work *w, struct arena *a)
{
    const uint32_t attention = 5; /* of one query or many: takes as long as a matmul of so many */

    w->turns = arena_new(a, struct turn, w->count);
    for (uint32_t i = 0; i < w->count; i++) {
        const struct lir_kernel *k = &w->kernels[i];
        uint32_t sums = k->kind == KERNEL_attention ? attention
                        : k->kind == KERNEL_matmul
                            ? k->matmul.tile_groups * k->matmul.format.tile_rows
                            : 0;
        w->turns[i] = (struct turn){i, sums};
    }
    if (w->count > 0)
        qsort(w->turns, w->count, sizeof *w->turns, compare_turns);
}

static void compile_all(void *argument)
{
    struct work *w = argument;
    LLVMTargetMachineRef machine = make_machine(w);

    for (uint32_t turn; (turn = atomic_fetch_add(&w->next, 1)) < w->count;) {
        const uint32_t i = w->turns[turn].kernel;
        struct result *r = &w->results[i];
        struct build_cache_key key;
        if (w->build_cache != NULL)
            key = object_key(w, i);
        if (w->build_cache != NULL && !w->ll && !w->assembly && find_object(w, &key, r))
            continue;
        compile_one(w, i, machine, r);
        if (w->build_cache != NULL && r->error == NULL && r->bytes <= OBJECT_BYTES_MAX)
            build_cache_store(w->build_cache, &key, r->object, r->bytes);
    }
    LLVMDisposeTargetMachine(machine);
}

static bool collect(const struct work *w, const struct target_dump *dump, struct arena *a,
                    struct target_code *out, struct diags *d)
{
    struct object *objects = arena_new(a, struct object, w->count);
    bool fine = true;

    for (uint32_t i = 0; i < w->count; i++) {
        const struct result *r = &w->results[i];
        if (r->error != NULL)
            fine = diag_error(d, (struct place){.object = w->names[i]}, "LLVM failed on it: %s",
                              r->error);
        if (r->ll != NULL)
            dump->write(dump->context, w->names[i], "ll", r->ll, strlen(r->ll));
        if (r->assembly != NULL)
            dump->write(dump->context, w->names[i], "asm", r->assembly, r->assembly_bytes);
        objects[i] = (struct object){.name = w->names[i], .data = r->object, .bytes = r->bytes};
    }
    return fine && image_link(w->isa->machine, objects, w->count, a, out, d);
}

/* Addresses are written as the machine adds them. LLVM needs a fifth of all time and more to find
 * better ones in loops, and the kernels were no faster for it (tests/perf/log.md). There is no
 * other switch. */
static void set_options(void)
{
    static const char *const arguments[] = {"rlxc", "-disable-lsr"};

    LLVMParseCommandLineOptions((int)countof(arguments), arguments, NULL);
}

static LLVMTargetRef find_target(const struct machine *machine, struct diags *d)
{
    static pthread_once_t options = PTHREAD_ONCE_INIT;
    LLVMTargetRef target = NULL;
    char *message = NULL;

    pthread_once(&options, set_options);
    machine->initialize();
    if (LLVMGetTargetFromTriple(machine->triple, &target, &message)) {
        diag_error(d, (struct place){.object = "LLVM"},
                   "expected code generation for %s, found: %s", machine->triple, message);
        LLVMDisposeMessage(message);
    }
    return target;
}

bool cpu_emit(const struct isa *isa, const struct lir_kernel *kernels, uint32_t count,
              uint32_t threads, const struct target_dump *dump, struct arena *a,
              struct target_code *out, struct diags *d)
{
    struct work w = {
        .isa = isa, .kernels = kernels, .count = count, .target = find_target(isa->machine, d)};

    if (w.target == NULL)
        return false;
    w.names = arena_new(a, const char *, count);
    w.results = arena_new(a, struct result, count);
    w.ll = dump != NULL && dump->ll;
    w.assembly = dump != NULL && dump->assembly;
    w.build_cache = dump != NULL ? dump->build_cache : NULL;
    for (uint32_t i = 0; i < count; i++)
        w.names[i] = lir_kernel_name(a, &kernels[i]);
    w.equals = arena_new(a, const char *, count);
    w.singles = arena_new(a, const char *, count);
    for (uint32_t i = 0; i < count; i++)
        find_calls(&w, i);
    take_turns(&w, a);
    threads_run(compile_all, &w, min_u64(threads, w.count));
    bool fine = collect(&w, dump, a, out, d);
    for (uint32_t i = 0; i < count; i++) {
        free(w.results[i].object);
        free(w.results[i].ll);
        free(w.results[i].assembly);
        free(w.results[i].error);
    }
    return fine;
}
