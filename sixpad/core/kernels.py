"""The kernels of a gradient step on a GPU, for one layer of one or ten neurons, and their loading.

Two launches make a step: that of `gradient_one` or `gradient_ten`, in `gradient_kernel.py`, leaves
rows of sums; `move` adds the rows up and moves the parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sixpad.core.answer import CROSS_ENTROPY, SQUARED_ERROR
from sixpad.core.backend import Backend
from sixpad.core.gradient_kernel import GRADIENT, MULTIPLY
from sixpad.core.optimizer import Adam, GradientDescent, Momentum

# The first compute capability whose matrix units take bfloat16 is 8.0.
CAPABILITY = 8
# As in the source: the threads of a block; how many images `gradient` takes at a time; how many
# sums a block of `move` makes.
GRADIENT_BLOCK, MOVE_BLOCK = (288,), (32, 16)
CHUNK, SUMS = 32, 32
# What the source is told of the optimiser and the loss, and which kernel has how many outputs.
KINDS = {GradientDescent.name: 0, Momentum.name: 1, Adam.name: 2}
SQUARED = {CROSS_ENTROPY: 0, SQUARED_ERROR: 1}
GRADIENTS = {1: "gradient_one", 10: "gradient_ten"}

COMMON = r"""
typedef unsigned int word;

const int PIXELS = 576;
const int WARPS = 9;    // of a block; each has two of an image's 18 words: 64 pixels
const int CHUNK = 32;   // images that a block takes at a time
const int SLICES = 16;  // of the rows that `move` adds up
const word ALL = 0xffffffffu;

// Pixel 32k + (p ^ 7) is bit p of word k, as numpy.packbits fills bytes from the highest bit. Two
// bits that lie 16 apart are turned under this mask: two bfloat16 numbers, each 0 or 2. What is
// computed with them is halved, which is exact.
const word INK = 0x40004000u;
const float HALF = 0.5f;

__device__ __forceinline__ word turned(word x, int left) { return __funnelshift_l(x, x, left); }

// The part of a number that bfloat16 holds, or what it holds of what is left, or of that again.
__device__ __forceinline__ float leading(float x) {
    return __uint_as_float(__float_as_uint(x) & 0xffff0000u);
}
__device__ __forceinline__ float part_of(float x, int part) {
    x -= part > 0 ? leading(x) : 0;
    x -= part > 1 ? leading(x) : 0;
    return leading(x);
}
__device__ __forceinline__ word pair(float low, float high) {
    return __byte_perm(__float_as_uint(low), __float_as_uint(high), 0x7632);
}

__device__ __forceinline__ float sum_over(float x, int from, int to) {
    for (int far = from; far < to; far *= 2) x += __shfl_xor_sync(ALL, x, far);
    return x;
}

// The batch of a step, and how many of the blocks there are have work with it. Each kernel counts
// the steps for the other, in cursor[1] and cursor[0], and changes nothing that its blocks read.
struct Batch {
    int begin, rows, blocks;
    __device__ Batch(const int* batches, int step, int size, int examples, int most)
        : begin(batches[step] * size),
          rows(min(size, examples - begin)),
          blocks(min(most, (rows + CHUNK - 1) / CHUNK)) {}
};
"""

MOVE = r"""
// A step as sixpad/core/optimizer.py describes it. `first` is momentum's beta or Adam's 1 - beta1,
// `second` its 1 - beta2; `rates` are the learning rate and epsilon, the hats folded in.
extern "C" __global__ void __launch_bounds__(32 * 16) move(
    const float* rows, int most, int size, int outputs, int examples, int batch_size,
    const int* batches, int* cursor, const float2* rates, float* losses, float l2, int kind,
    float first, float second, float* theta, float* g, float* mean, float* square
) {
    __shared__ float sums[SLICES][32];
    const int slice = threadIdx.y, at = blockIdx.x * 32 + threadIdx.x, step = cursor[1] - 1;
    float value = 0, m = 0, s = 0, sum = 0;
    if (slice == 0 && at < size) value = theta[at], m = mean[at], s = square[at];
    const float2 rate = rates[step];
    const Batch batch(batches, step, batch_size, examples, most);
    if (at <= size) {
#pragma unroll 8
        for (int i = slice; i < batch.blocks; i += SLICES) sum += rows[(size_t)i * (size + 1) + at];
    }
    sums[slice][threadIdx.x] = sum;
    __syncthreads();
    if (slice > 0 || at > size) return;
    for (int i = 1; i < SLICES; i++) sum += sums[i][threadIdx.x];
    if (at == size) {
        losses[step] = sum;
        cursor[0] = step + 1;
        return;
    }
    float slope = sum * (1.0f / batch.rows);
    if (at < size - outputs) slope += l2 * value;
    g[at] = slope;
    float move = slope;
    if (kind == 1) {
        move = mean[at] = first * m + slope;
    } else if (kind == 2) {
        mean[at] = m += (slope - m) * first;
        square[at] = s += (slope * slope - s) * second;
        move = m / (sqrtf(s) + rate.y);
    }
    theta[at] = value - rate.x * move;
}
"""

# All but the one instruction that has no name in C++.
SOURCE = COMMON + GRADIENT + MOVE


@dataclass(frozen=True)
class Kernels:
    """The two kernels of a step, each called with a grid, a block and its arguments."""

    gradient: Any
    move: Any


def load(backend: Backend, outputs: int) -> Kernels:
    """The kernels for a layer of 1 or 10 outputs, compiled where that has not been done before."""
    module = backend.xp.RawModule(code=MULTIPLY + SOURCE, options=("-std=c++17",))
    gradient, move = module.get_function(GRADIENTS[outputs]), module.get_function("move")
    # In per cent: two blocks only find room on a multiprocessor where that is most of its memory.
    gradient.preferred_shared_memory_carveout = 100
    return Kernels(gradient, move)
