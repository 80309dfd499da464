"""The kernels that work out the gradient of a batch on a GPU, as CUDA source.

Each block takes some of the batch's images and leaves a row of sums: the gradient of its images'
losses, and its part of the step's loss. All sums are in a fixed order: the same step gives the same
numbers, bit for bit.

The products run on the matrix units, which multiply bfloat16 and add up in float32. A pixel is 0 or
1 in any precision. A float32 number is the sum of three bfloat16 parts of eight bits, cut off one
after the other: nothing is lost. Matrix units cut off what does not fit into a sum where others
round, so that only short sums are left to them.
"""

# The product of the matrix units: C += A·B with A 16×16, B 16×8 and C 16×8, spread over a warp as
# the PTX ISA says under mma.m16n8k16. With g = lane / 4 and t = lane % 4 a thread holds of A the
# columns 2t, 2t + 1 in the rows g and g + 8 (a[0], a[1]) and the columns 2t + 8, 2t + 9 in the same
# (a[2], a[3]); of B the rows 2t, 2t + 1 (b[0]) and 2t + 8, 2t + 9 (b[1]) in the column g; of C the
# columns 2t, 2t + 1 in the row g (c[0], c[1]) and in the row g + 8 (c[2], c[3]).
MULTIPLY = r"""
__device__ __forceinline__ void multiply(float* c, const unsigned* a, const unsigned* b) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
        "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
"""

GRADIENT = r"""
// The slopes of an image's loss, by four threads: this one's outputs are q, q + 4 and q + 8, as far
// as there are. Returns the loss, or this thread's part of it.
template <int OUTPUTS>
__device__ __forceinline__ float slopes_of(
    float* z, int q, int truth, bool squared, float* slopes
) {
    if (OUTPUTS == 1) {
        bool t = truth == 1;
        float s = t ? -z[0] : z[0];        // against the truth
        float wrong = 1 / (1 + expf(-s));  // the probability that is given to what is not true
        slopes[0] = t ? -wrong : wrong;
        if (!squared) return fmaxf(s, 0) + log1pf(expf(-fabsf(s)));
        slopes[0] *= 2 * wrong * (1 / (1 + expf(s)));
        return wrong * wrong;
    }
    const int OWN = (OUTPUTS + 3) / 4;
    float highest = z[0], sum = 0, right = 0, both = 0, lost = 0, P[OWN];
#pragma unroll
    for (int i = 1; i < OWN; i++)
        if (q + 4 * i < OUTPUTS) highest = fmaxf(highest, z[i]);
    highest = fmaxf(highest, __shfl_xor_sync(ALL, highest, 1));
    highest = fmaxf(highest, __shfl_xor_sync(ALL, highest, 2));
#pragma unroll
    for (int i = 0; i < OWN; i++) {
        z[i] -= highest;
        P[i] = q + 4 * i < OUTPUTS ? expf(z[i]) : 0;
        sum += P[i];
    }
    sum = sum_over(sum, 1, 4);
    const float whole = 1 / sum;
#pragma unroll
    for (int i = 0; i < OWN; i++) {
        bool t = truth == q + 4 * i;
        if (t) right = z[i];
        P[i] *= whole;
        slopes[i] = P[i] - t;
        both += slopes[i] * P[i];
        lost += slopes[i] * slopes[i];
    }
    if (!squared) return truth % 4 == q ? logf(sum) - right : 0;
    both = sum_over(both, 1, 4);
#pragma unroll
    for (int i = 0; i < OWN; i++) slopes[i] = 2 * P[i] * (slopes[i] - both);
    return lost;
}

// Of ten outputs eight fill the columns of a tile, once for each part of their numbers. What is
// left, `REST` outputs from `BASE` on, has all its parts in one tile: part p of o in column 2p + o.
template <int OUTPUTS>
__device__ void gradient(
    const uint2* bits, const unsigned char* truths, int examples, int batch_size,
    const int* batches, int* cursor, int squared, float l2, const float* theta, float* rows
) {
    const int BASE = OUTPUTS / 8 * 8, REST = OUTPUTS - BASE, OWN = (OUTPUTS + 3) / 4;
    const int SIZE = (PIXELS + 1) * OUTPUTS;
    // The lengths of the lines keep the threads of a warp in banks of their own.
    __shared__ __align__(16) word ink[WARPS][2][CHUNK];
    __shared__ __align__(8) word fine[WARPS][4][3][32][2];
    __shared__ float partial[WARPS][OUTPUTS][CHUNK + 8];
    __shared__ uint2 slopes[32][12];  // bfloat16, four images each; a line is a column of a tile
    __shared__ float ends[WARPS][OUTPUTS + 1];

    const int thread = threadIdx.x, warp = thread / 32, lane = thread % 32;
    const int g = lane / 4, t = lane % 4, image = thread / 4, q = thread % 4;
    // This warp's weights, sixteen pixels at a time. They are asked for before it is known whether
    // there is work, so as to wait for both at once.
    float low[8][2], high[8][2];
    const int last = BASE + (REST > 1 ? g % 2 : 0);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        int bit = 4 * t + i % 4;
        const float* weights = theta + (32 * (2 * warp + i / 4) + (bit ^ 7)) * OUTPUTS;
        if (BASE) low[i][0] = weights[g], high[i][0] = weights[16 * OUTPUTS + g];
        low[i][1] = weights[last], high[i][1] = weights[16 * OUTPUTS + last];
    }
    const Batch batch(batches, cursor[0], batch_size, examples, gridDim.x);
    if ((int)blockIdx.x >= batch.blocks) return;
    if (blockIdx.x == 0 && thread == 0) cursor[1] = cursor[0] + 1;
    float* row = rows + (size_t)blockIdx.x * (SIZE + 1);

    // Two registers for each tile: those of the first part stay in registers, for the others there
    // would be too many.
    word W[4][2];
#pragma unroll
    for (int i = 0; i < 8; i++) {
        if (BASE) {
            W[i / 2][i % 2] = pair(part_of(low[i][0], 0), part_of(high[i][0], 0));
#pragma unroll
            for (int part = 1; part < 3; part++)
                fine[warp][i / 2][part - 1][lane][i % 2] =
                    pair(part_of(low[i][0], part), part_of(high[i][0], part));
        }
        word parts = pair(part_of(low[i][1], g / 2), part_of(high[i][1], g / 2));
        fine[warp][i / 2][2][lane][i % 2] = g < 6 && g % 2 < REST ? parts : 0;
    }
    for (int i = thread; i < 32 * 12; i += 32 * WARPS) slopes[i / 12][i % 12] = make_uint2(0, 0);

    float sums[4][2][4] = {}, d_sums[OWN] = {}, loss = 0;
    int first = blockIdx.x * CHUNK;
    auto load = [&](int at) {
        return at + lane < batch.rows ? bits[(batch.begin + at + lane) * WARPS + warp]
                                      : make_uint2(0, 0);
    };
    uint2 next = load(first);
    for (; first < batch.rows; first += gridDim.x * CHUNK) {
        bool real = image < CHUNK && first + image < batch.rows;
        int truth = real ? truths[batch.begin + first + image] : 0;
        __syncwarp();
        ink[warp][0][lane] = next.x;
        ink[warp][1][lane] = next.y;
        __syncwarp();
        next = load(first + gridDim.x * CHUNK);

        // z of sixteen images at a time: this warp's 64 pixels of it.
#pragma unroll 1
        for (int sixteen = 0; sixteen < CHUNK; sixteen += 16) {
            float z[3][4] = {};
#pragma unroll
            for (int k = 0; k < 4; k++) {
                int left = 14 - 4 * t - k % 2 * 2;
                word upper = ink[warp][k / 2][sixteen + g];
                word lower = ink[warp][k / 2][sixteen + 8 + g];
                word x[4] = {
                    turned(upper, left) & INK, turned(lower, left) & INK,
                    turned(upper, left - 1) & INK, turned(lower, left - 1) & INK,
                };
                if (BASE) {
                    multiply(z[0], x, W[k]);
                    multiply(z[1], x, fine[warp][k][0][lane]);
                    multiply(z[1], x, fine[warp][k][1][lane]);
                }
                multiply(z[2], x, fine[warp][k][2][lane]);
            }
#pragma unroll
            for (int c = 0; c < 4; c++) {
                int column = sixteen + 8 * (c / 2) + g;
                float rest = sum_over(z[2][c], 1, 4);
                if (BASE) partial[warp][2 * t + c % 2][column] = z[0][c] + z[1][c];
                if (t == 0 && c % 2 < REST) partial[warp][BASE + c % 2][column] = rest;
            }
        }
        __syncthreads();

        if (image < CHUNK) {
            float z[OWN] = {}, d[OWN];
#pragma unroll
            for (int i = 0; i < OWN; i++) {
                int o = q + 4 * i;
                if (o >= OUTPUTS) continue;
#pragma unroll
                for (int w = 0; w < WARPS; w++) z[i] += partial[w][o][image];
                z[i] = HALF * z[i] + theta[PIXELS * OUTPUTS + o];
            }
            float lost = slopes_of<OUTPUTS>(z, q, truth, squared, d);
            if (real && q < OUTPUTS) loss += lost;
            unsigned short* column = (unsigned short*)&slopes[0][0] + image;
#pragma unroll
            for (int i = 0; i < OWN; i++) {
                int o = q + 4 * i;
                if (!real) d[i] = 0;
                if (o >= OUTPUTS) continue;
                d_sums[i] += d[i];
#pragma unroll
                for (int part = 0; part < 3; part++) {
                    int line = o < BASE ? 8 * part + o : 24 + 2 * part + o - BASE;
                    column[line * 48] = __float_as_uint(part_of(d[i], part)) >> 16;
                }
            }
        }
        __syncthreads();

        // The gradient: this warp's 64 pixels of it, over sixteen images at a time.
#pragma unroll 1
        for (int half = 0; half < 2; half++) {
            word d[4][2];
#pragma unroll
            for (int tile = BASE ? 0 : 3; tile < 4; tile++) {
                uint2 four = slopes[8 * tile + g][4 * half + t];
                d[tile][0] = four.x, d[tile][1] = four.y;
            }
#pragma unroll
            for (int tile = 0; tile < 4; tile++) {
                uint4 four = *(const uint4*)&ink[warp][tile / 2][16 * half + 4 * t];
                word halves = tile % 2 ? 0x7632 : 0x5410;
                word front = __byte_perm(four.x, four.y, halves);
                word back = __byte_perm(four.z, four.w, halves);
                word x[4] = {
                    turned(front, 14 - g) & INK, turned(front, 6 - g) & INK,
                    turned(back, 14 - g) & INK, turned(back, 6 - g) & INK,
                };
                float sum[2][4] = {};
                if (BASE) {
                    multiply(sum[0], x, d[2]);
                    multiply(sum[0], x, d[1]);
                    multiply(sum[0], x, d[0]);
                }
                multiply(sum[1], x, d[3]);
#pragma unroll
                for (int c = 0; c < 4; c++) {
                    if (BASE) sums[tile][0][c] += sum[0][c];
                    sums[tile][1][c] += sum[1][c];
                }
            }
        }
    }

#pragma unroll
    for (int i = 0; i < 16; i++) {
        int tile = i / 4, c = i % 4, bit = 16 * (tile % 2) + 8 * (c / 2) + g;
        float* at = row + (32 * (2 * warp + tile / 2) + (bit ^ 7)) * OUTPUTS;
        float rest = HALF * sum_over(sums[tile][1][c], 1, 4);
        if (BASE) at[2 * t + c % 2] = HALF * sums[tile][0][c];
        if (t == 0 && c % 2 < REST) at[BASE + c % 2] = rest;
    }

    float pull = 0;
    for (int i = blockIdx.x * 288 + thread; i < PIXELS * OUTPUTS; i += batch.blocks * 288)
        pull += theta[i] * theta[i];
    loss = sum_over(loss / batch.rows + HALF * l2 * pull, 1, 32);
    if (lane == 0) ends[warp][OUTPUTS] = loss;
#pragma unroll
    for (int i = 0; i < OWN; i++) {
        float sum = sum_over(d_sums[i], 4, 32);
        if (lane < 4 && lane + 4 * i < OUTPUTS) ends[warp][lane + 4 * i] = sum;
    }
    __syncthreads();
    if (thread <= OUTPUTS) {
        float sum = 0;
        for (int w = 0; w < WARPS; w++) sum += ends[w][thread];
        row[PIXELS * OUTPUTS + thread] = sum;
    }
}

#define GRADIENT(NAME, OUTPUTS)                                                                    \
    extern "C" __global__ void __launch_bounds__(288, 2) NAME(                                     \
        const uint2* bits, const unsigned char* truths, int examples, int batch_size,              \
        const int* batches, int* cursor, int squared, float l2, const float* theta, float* rows    \
    ) {                                                                                            \
        gradient<OUTPUTS>(                                                                         \
            bits, truths, examples, batch_size, batches, cursor, squared, l2, theta, rows          \
        );                                                                                         \
    }
GRADIENT(gradient_one, 1)
GRADIENT(gradient_ten, 10)
"""
