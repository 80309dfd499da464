// What the kernels use of CUDA, imitated on the CPU, so that their very source can be run and
// checked without a GPU. Every thread of a block is a coroutine; they take turns at each barrier, in
// one order or the other: where the order changes a number, a barrier is missing.

#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include <algorithm>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))

struct uint2 { unsigned x, y; } __align__(8);
struct uint4 { unsigned x, y, z, w; } __align__(16);
struct float2 { float x, y; } __align__(8);
struct dim3 { int x, y; };
static dim3 threadIdx, blockIdx, gridDim;

inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline int min(int a, int b) { return a < b ? a : b; }

template <class To, class From> To same_bits(From from) {
    To to;
    static_assert(sizeof to == sizeof from, "");
    memcpy(&to, &from, sizeof to);
    return to;
}
inline unsigned __float_as_uint(float x) { return same_bits<unsigned>(x); }
inline float __uint_as_float(unsigned x) { return same_bits<float>(x); }

inline unsigned __funnelshift_l(unsigned low, unsigned high, int shift) {
    shift &= 31;
    return shift ? high << shift | low >> (32 - shift) : high;
}

inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector) {
    uint64_t both = (uint64_t)y << 32 | x;
    unsigned chosen = 0;
    for (int i = 0; i < 4; i++)
        chosen |= (unsigned)(both >> 8 * (selector >> 4 * i & 7) & 255) << 8 * i;
    return chosen;
}

// The threads of a block, and who waits for whom.

const int WARP = 32;
enum Wait { READY, FOR_WARP, FOR_BLOCK, DONE };
enum Meeting { SYNCED = 1, SHUFFLED, MULTIPLIED };

struct Offer {  // what a thread shows the others of its warp when they meet
    int meeting;
    unsigned values[6];
};

struct Thread {
    ucontext_t beginning;
    jmp_buf place;  // where it waits: to go on from there takes a tenth of a change of contexts
    bool begun;
    char stack[1 << 16];
    dim3 index;
    Wait wait;
    int meetings;
    Offer offers[2];  // the last and the one before, which others may still be reading
};

static std::vector<Thread*> threads;
static int now;  // the thread that runs
static jmp_buf scheduler;
static void (*body)(void*);
static void* body_arguments;

inline void wait(Wait wait) {
    threads[now]->wait = wait;
    if (!_setjmp(threads[now]->place)) _longjmp(scheduler, 1);
}

inline void go_on() {
    Thread& thread = *threads[now];
    threadIdx = thread.index;
    if (_setjmp(scheduler)) return;
    if (thread.begun) _longjmp(thread.place, 1);
    thread.begun = true;
    setcontext(&thread.beginning);
}

inline void meet(const Offer& offer) {
    Thread& self = *threads[now];
    self.offers[++self.meetings % 2] = offer;
    wait(FOR_WARP);
}

inline const unsigned* shown_by(int lane) {
    const Thread &self = *threads[now], &other = *threads[now / WARP * WARP + lane];
    const Offer& offer = other.offers[self.meetings % 2];
    if (other.meetings < self.meetings || offer.meeting != self.offers[self.meetings % 2].meeting) {
        fprintf(stderr, "The threads of a warp are not at the same place.\n");
        abort();
    }
    return offer.values;
}

inline void __syncthreads() { wait(FOR_BLOCK); }
inline void __syncwarp() { meet({SYNCED, {}}); }

inline float __shfl_xor_sync(unsigned, float value, int far) {
    meet({SHUFFLED, {__float_as_uint(value)}});
    return __uint_as_float(*shown_by((now % WARP) ^ far));
}

// Sums as coarse as matrix units may make them: all terms cut off towards zero where the largest
// one's 24 bits end, and so their sum.
inline float coarse_sum(const double* terms, int count) {
    double largest = 0, sum = 0;
    for (int i = 0; i < count; i++) largest = std::max(largest, fabs(terms[i])), sum += terms[i];
    if (largest == 0 || !isfinite(sum)) return (float)sum;
    int exponent;
    frexp(largest, &exponent);
    double units = ldexp(1, 24 - exponent);
    int64_t whole = 0;
    for (int i = 0; i < count; i++) whole += (int64_t)(terms[i] * units);
    float rounded = (float)whole;
    if (fabs(rounded) > llabs(whole)) rounded = nextafterf(rounded, 0);
    return (float)(rounded / units);
}

// D = A·B + C as the PTX ISA spreads it over a warp under mma.m16n8k16 for bfloat16.
inline void multiply(float* c, const unsigned* a, const unsigned* b) {
    meet({MULTIPLIED, {a[0], a[1], a[2], a[3], b[0], b[1]}});
    int g = now % WARP / 4, t = now % 4;
    for (int i = 0; i < 4; i++) {
        int row = g + 8 * (i / 2), column = 2 * t + i % 2;
        double terms[17];
        for (int k = 0; k < 16; k++) {
            unsigned in_a = shown_by(row % 8 * 4 + k % 8 / 2)[row / 8 + 2 * (k / 8)];
            unsigned in_b = shown_by(column * 4 + k % 8 / 2)[4 + k / 8];
            unsigned shift = k % 2 ? 0 : 16;
            terms[k] = (double)__uint_as_float(in_a << shift & 0xffff0000u)
                     * __uint_as_float(in_b << shift & 0xffff0000u);
        }
        terms[16] = c[i];
        c[i] = coarse_sum(terms, 17);
    }
}

inline void enter() {
    for (;;) {  // a block each time
        body(body_arguments);
        wait(DONE);
    }
}

inline Thread* new_thread() {
    Thread* thread = new Thread;
    getcontext(&thread->beginning);
    thread->beginning.uc_stack.ss_sp = thread->stack;
    thread->beginning.uc_stack.ss_size = sizeof thread->stack;
    thread->beginning.uc_link = nullptr;
    makecontext(&thread->beginning, enter, 0);
    thread->begun = false;
    return thread;
}

inline void run_warp(int warp, int count, bool backwards) {
    for (;;) {
        int at_warp = 0, lanes = min(WARP, count - warp * WARP);
        for (int i = 0; i < lanes; i++) {
            now = warp * WARP + (backwards ? lanes - 1 - i : i);
            if (threads[now]->wait == READY) go_on();
            at_warp += threads[now]->wait == FOR_WARP;
        }
        if (at_warp == 0) return;
        if (at_warp < lanes) {
            fprintf(stderr, "Not all threads of a warp take part.\n");
            abort();
        }
        for (int i = 0; i < lanes; i++) threads[warp * WARP + i]->wait = READY;
    }
}

inline void run_block(dim3 size, bool backwards) {
    int count = size.x * size.y, warps = (count + WARP - 1) / WARP;
    while ((int)threads.size() < count) threads.push_back(new_thread());
    for (int i = 0; i < count; i++) {
        Thread& thread = *threads[i];
        thread.index = {i % size.x, i / size.x};
        thread.wait = READY;
        thread.meetings = 0;
    }
    for (int done = 0; done < count;) {
        for (int i = 0; i < warps; i++) run_warp(backwards ? warps - 1 - i : i, count, backwards);
        done = 0;
        for (int i = 0; i < count; i++) {
            if (threads[i]->wait == DONE) done++;
            else threads[i]->wait = READY;
        }
    }
}

template <class... A, size_t... I>
void call(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
    kernel(*(A*)arguments[I]...);
}

template <class... A>
void launch(void (*kernel)(A...), int grid, dim3 block, bool backwards, void** arguments) {
    static void (*called)(A...);
    called = kernel;
    body = [](void* values) { call(called, (void**)values, std::index_sequence_for<A...>{}); };
    body_arguments = arguments;
    gridDim = {grid, 1};
    for (int i = 0; i < grid; i++) {
        blockIdx = {backwards ? grid - 1 - i : i, 0};
        run_block(block, backwards);
    }
}

#define LAUNCHER(NAME)                                                                             \
    extern "C" void launch_##NAME(int grid, int x, int y, int backwards, void** arguments) {       \
        launch(NAME, grid, {x, y}, backwards, arguments);                                          \
    }
