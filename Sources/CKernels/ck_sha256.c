// SHA-256 over one contiguous message.
#include "ck_sha256.h"

#include <string.h>

// First 32 bits of the fractional parts of the cube roots of the first 64 primes.
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotated(uint32_t x, int by) { return x >> by | x << (32 - by); }

static inline uint32_t big_endian(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static void take_block(uint32_t state[8], const uint8_t *block) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) w[i] = big_endian(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t early = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t late = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + early + w[i - 7] + late;
    }
    uint32_t v[8];
    memcpy(v, state, sizeof v);
    // The eight variables change roles from round to round; eight rounds unrolled leave them where they started.
    for (int i = 0; i < 64; i += 8) {
        for (int j = 0; j < 8; j++) {
            uint32_t a = v[(8 - j) & 7], b = v[(9 - j) & 7], c = v[(10 - j) & 7];
            uint32_t e = v[(12 - j) & 7], f = v[(13 - j) & 7], g = v[(14 - j) & 7];
            uint32_t mix = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
            uint32_t first = v[(15 - j) & 7] + mix + ((e & f) ^ (~e & g)) + round_constants[i + j] + w[i + j];
            uint32_t spread = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
            v[(11 - j) & 7] += first;
            v[(15 - j) & 7] = first + spread + ((a & b) ^ (a & c) ^ (b & c));
        }
    }
    for (int i = 0; i < 8; i++) state[i] += v[i];
}

ck_sha256_state ck_sha256_begin(void) {
    return (ck_sha256_state){.words = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void ck_sha256_add(ck_sha256_state *state, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i + CK_SHA256_BLOCK <= count; i += CK_SHA256_BLOCK) take_block(state->words, at + i);
    state->byte_count += count;
}

void ck_sha256_end(ck_sha256_state *state, const void *bytes, size_t count, uint8_t digest[32]) {
    size_t whole = count / CK_SHA256_BLOCK * CK_SHA256_BLOCK, left = count - whole;
    ck_sha256_add(state, bytes, whole);

    // The rest, a one bit, zeros, and the length in bits: one or two blocks.
    uint8_t tail[2 * CK_SHA256_BLOCK] = {0};
    if (left > 0) memcpy(tail, (const uint8_t *)bytes + whole, left);
    tail[left] = 0x80;
    size_t tail_bytes = left < 56 ? CK_SHA256_BLOCK : 2 * CK_SHA256_BLOCK;
    uint64_t bits = (state->byte_count + left) * 8;
    for (int i = 0; i < 8; i++) tail[tail_bytes - 1 - (size_t)i] = (uint8_t)(bits >> (8 * i));
    for (size_t i = 0; i < tail_bytes; i += CK_SHA256_BLOCK) take_block(state->words, tail + i);

    for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(state->words[i / 4] >> (24 - 8 * (i % 4)));
}
