/* A program of Linux on x86, of 64 or 32 bits, around model.o without any library: its own
 * beginning, end and output, its own memory functions, and of libm what a model of the family llama
 * needs. Prints the tokens that follow PROMPT, which the command line of the compiler gives. */
#include "model.h"

enum { COUNT = 20 };

#ifdef __x86_64__
enum { WRITE = 1, EXIT = 60 };

static long call(long number, long a, const void *b, long c)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n and $-16, %rsp\n call begin\n");
#else
enum { WRITE = 4, EXIT = 1 };

static long call(long number, long a, const void *b, long c)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n and $-16, %esp\n call begin\n");
#endif

void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *at, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
float expf(float x);
float sqrtf(float x);
float fmaxf(float a, float b);
float fminf(float a, float b);
float fabsf(float x);

void *memcpy(void *to, const void *from, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
    if ((uintptr_t)to <= (uintptr_t)from)
        return memcpy(to, from, bytes);
    for (size_t i = bytes; i-- > 0;)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    return to;
}

void *memset(void *at, int value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)at)[i] = (uint8_t)value;
    return at;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i])
            return ((const uint8_t *)a)[i] < ((const uint8_t *)b)[i] ? -1 : 1;
    return 0;
}

/* The series of exp(x / 1024), ten times squared. */
float expf(float x)
{
    const double r = (double)(x < -100 ? -100 : x > 88 ? 88 : x) / 1024;
    double y = 1 + r * (1 + r / 2 * (1 + r / 3 * (1 + r / 4 * (1 + r / 5))));
    for (int i = 0; i < 10; i++)
        y *= y;
    return (float)y;
}

float sqrtf(float x)
{
    __asm__("sqrtss %0, %0" : "+x"(x));
    return x;
}

float fmaxf(float a, float b)
{
    return a > b ? a : b;
}

float fminf(float a, float b)
{
    return a < b ? a : b;
}

float fabsf(float x)
{
    return x < 0 ? -x : x;
}

static void print_number(int32_t number, char after)
{
    char text[12], *at = text + sizeof text;
    *--at = after;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    call(WRITE, 1, at, text + sizeof text - at);
}

__attribute__((noreturn, used)) static void begin(void)
{
    static const int32_t prompt[] = {PROMPT};
    int32_t made[COUNT];
    const int count = model_generate(prompt, sizeof prompt / sizeof *prompt, made, COUNT, NULL);
    for (int i = 0; i < count; i++)
        print_number(made[i], i + 1 < count ? ',' : '\n');
    for (;;)
        call(EXIT, count == COUNT ? 0 : 1, NULL, 0);
}
