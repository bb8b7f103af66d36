// Every kernel that has a NEON twin, against its scalar reference in the same process, at awkward sizes. Prints what differs.
#include <CKernels.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int wrong_count, check_count;

// Repeatable values over -1 ... 1.
static float next_value(void) {
    static uint64_t state = 1;
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (float)((double)(state >> 11) / (double)(1ull << 52) - 1.0);
}

static float *values(ptrdiff_t count) {
    float *list = aligned_alloc(64, ((size_t)count * sizeof(float) + 127) / 64 * 64);
    for (ptrdiff_t i = 0; i < count; i++) list[i] = next_value();
    return list;
}

static float *copy_of(const float *list, ptrdiff_t count) {
    float *copy = values(count);
    memcpy(copy, list, (size_t)count * sizeof(float));
    return copy;
}

static void compare(const char *what, const float *scalar, const float *neon, ptrdiff_t count, double tolerance) {
    double most = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        double difference = fabs((double)scalar[i] - (double)neon[i]);
        if (!(difference <= most)) most = difference;
    }
    check_count++;
    if (most <= tolerance) return;
    wrong_count++;
    printf("WRONG %s: differs by %g, at most %g is right\n", what, most, tolerance);
}

// Runs `statement` twice, by the scalar kernels into `scalar` and by NEON into `neon`, and compares.
#define ON_BOTH(what, before, count, tolerance, statement)                \
    do {                                                                  \
        float *scalar = copy_of(before, count), *neon = copy_of(before, count), *out = scalar; \
        ck_override_isa(CK_ISA_SCALAR);                                   \
        statement;                                                        \
        ck_override_isa(CK_ISA_NEON);                                     \
        out = neon;                                                       \
        statement;                                                        \
        compare(what, scalar, neon, count, tolerance);                    \
        free(scalar);                                                     \
        free(neon);                                                       \
    } while (0)

static void products(void) {
    static const ptrdiff_t shapes[][3] = {{1, 1, 1},     {7, 31, 33},   {31, 7, 61},    {32, 32, 32},
                                          {13, 17, 193}, {5, 16, 577}, {257, 19, 31}, {48, 61, 771}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        ptrdiff_t rows = shapes[i][0], outputs = shapes[i][1], depth = shapes[i][2];
        float *x = values(rows * depth), *weight = values(outputs * depth), *bias = values(outputs);
        float *before = values(rows * outputs), *panels = values(ck_panel_floats(outputs, depth));
        memset(panels, 0, (size_t)ck_panel_floats(outputs, depth) * sizeof(float));
        ck_pack_panels(weight, 0, outputs, outputs, depth, panels);
        float *packed = values(ck_few_rows_floats(rows, depth));
        double tolerance = 1e-6 * (double)depth + 1e-6;
        for (int then = CK_THEN_NOTHING; then <= CK_THEN_RELU; then++) {
            for (int accumulate = 0; accumulate < 2; accumulate++) {
                ck_panel_product_call call = {x, depth, panels, NULL, outputs, rows, outputs, depth, bias, accumulate, then};
                ON_BOTH("panel product", before, rows * outputs, tolerance, (call.out = out, ck_panel_product(&call)));
                ck_few_rows_call few = {packed, weight, NULL, outputs, rows, outputs, depth, bias, accumulate, then};
                ON_BOTH("product of few rows", before, rows * outputs, tolerance,
                        (few.out = out, ck_pack_few_rows(x, depth, rows, depth, packed), ck_few_rows_product(&few)));
            }
        }
        ON_BOTH("dot product", before, rows * outputs, tolerance,
                ck_dot_product(x, depth, weight, out, outputs, rows, outputs, depth, 1));
        free(x), free(weight), free(bias), free(before), free(panels), free(packed);
    }
}

static void strassen(void) {
    static const ptrdiff_t shapes[][3] = {{1, 64, 2},     {2, 64, 34},   {7, 128, 62},    {31, 64, 382},
                                          {33, 192, 66}, {14, 64, 768}, {133, 64, 16}, {132, 384, 384}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        ptrdiff_t rows = shapes[i][0], outputs = shapes[i][1], depth = shapes[i][2];
        float *x = values(rows * depth), *weight = values(outputs * depth), *bias = values(outputs);
        float *before = values(rows * outputs), *panels = values(ck_strassen_floats(outputs, depth));
        float *scratch = values(ck_strassen_scratch_floats(outputs, depth));
        const float **pointers = malloc((size_t)outputs * sizeof *pointers);
        for (ptrdiff_t j = 0; j < outputs; j++) pointers[j] = weight + j * depth;
        ck_strassen_pack(pointers, outputs, depth, 0, outputs / 2 / CK_PANEL_WIDTH, panels);
        for (int then = CK_THEN_NOTHING; then <= CK_THEN_RELU; then++) {
            for (int accumulate = 0; accumulate < 2; accumulate++) {
                ck_panel_product_call call = {x, depth, panels, NULL, outputs, rows, outputs, depth, bias, accumulate, then};
                ON_BOTH("Strassen's product", before, rows * outputs, 4e-6 * (double)depth + 1e-6,
                        (call.out = out, ck_strassen_product(&call, scratch)));
            }
        }
        free(x), free(weight), free(bias), free(before), free(panels), free(scratch), free(pointers);
    }
}

static void attention(void) {
    static const ptrdiff_t shapes[][3] = {{1, 1, 4}, {7, 2, 5}, {64, 4, 24}, {64, 2, 32}, {33, 3, 16}, {49, 1, 61}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        ptrdiff_t tokens = shapes[i][0], heads = shapes[i][1], width = shapes[i][2], channels = heads * width;
        ptrdiff_t stride = ck_attention_stride(tokens);
        float *qkv = values(tokens * 3 * channels), *bias = values(heads * tokens * stride), *mask = values(tokens * stride);
        float *before = values(tokens * channels), *scratch = values(ck_attention_scratch(tokens, width));
        int32_t *rows = malloc((size_t)tokens * sizeof *rows);
        for (ptrdiff_t j = 0; j < tokens; j++) rows[j] = (int32_t)(tokens - 1 - j);
        for (int kind = 0; kind < 4; kind++) {
            ck_attention call = {qkv, 3 * channels, NULL, NULL, channels, tokens, heads, width, 0.3f, kind & 1 ? bias : NULL, scratch};
            ON_BOTH("attention", before, tokens * channels, 1e-5,
                    (call.out = out, ck_attend_window(&call, rows, kind & 2 ? mask : NULL)));
        }
        free(qkv), free(bias), free(mask), free(before), free(scratch), free(rows);
    }
}

static void passes(void) {
    static const ptrdiff_t widths[] = {1, 7, 8, 15, 31, 32, 33, 61, 127, 768};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        ptrdiff_t rows = 7, columns = widths[i], count = rows * columns;
        float *x = values(count), *y = values(count), *z = values(count), *bias = values(columns), *gamma = values(columns);
        ON_BOTH("layer norm", x, count, 2e-5,
                ck_bias_layer_norm(out, columns, bias, gamma, bias, 1e-5f, out, columns, rows, columns));
        ON_BOTH("bias", x, count, 0, ck_add_bias(out, columns, bias, rows, columns));
        ON_BOTH("GELU", x, count, 1e-6, ck_bias_gelu(out, columns, bias, rows, columns));
        ON_BOTH("ReLU", x, count, 0, ck_bias_relu(out, columns, bias, rows, columns));
        ON_BOTH("scaled sum", x, count, 1e-6, ck_scale_add(out, 0.7f, y, count));
        ON_BOTH("fusion", x, count, 1e-5, ck_attentional_fusion(out, y, z, bias, rows, columns));
        ON_BOTH("softmax", x, count, 1e-6, ck_softmax_rows(out, columns, rows, columns));
        ON_BOTH("means", bias, columns, 1e-6, ck_column_means(x, columns, rows, columns, out));
        free(x), free(y), free(z), free(bias), free(gamma);
    }
}

static void spectra(void) {
    for (int length = 8; length <= 1024; length *= 2) {
        ck_fft_plan *plan = ck_fft_plan_create(length);
        int bins = length / 2 + 1;
        float *samples = values(4 * length), *before = values(4 * bins);
        double *window = malloc((size_t)length * sizeof *window);
        double *power = aligned_alloc(64, ((size_t)bins * CK_FFT_LANES * sizeof *power + 63) / 64 * 64);
        void *workspace = aligned_alloc(64, (ck_fft_workspace_bytes(plan) + 63) / 64 * 64);
        for (int j = 0; j < length; j++) window[j] = 0.5 - 0.5 * cos(6.283185307179586 * j / length);
        ON_BOTH("power spectrum", before, 4 * bins, 1e-6 * length, ({
                    ck_fft_power(plan, samples, length, 1, window, 0, bins, power, workspace);
                    for (int j = 0; j < 4 * bins; j++) out[j] = (float)power[j];
                }));
        ck_fft_plan_destroy(plan);
        free(samples), free(before), free(window), free(power), free(workspace);
    }
}

int main(void) {
    if (!ck_override_isa(CK_ISA_NEON)) {
        printf("neon: this is not a machine with NEON\n");
        return 1;
    }
    products();
    strassen();
    attention();
    passes();
    spectra();
    printf("neon: %d comparisons with the scalar kernels, %d wrong\n", check_count, wrong_count);
    return wrong_count != 0;
}
