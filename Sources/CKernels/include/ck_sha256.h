#pragma once
// SHA-256 (FIPS 180-4: https://csrc.nist.gov/pubs/fips/180-4/upd1/final).
#include <stddef.h>
#include <stdint.h>

/// A digest on its way.
typedef struct {
    uint32_t words[8];
    uint64_t byte_count;  ///< Taken so far.
} ck_sha256_state;

/// Bytes of a block.
enum { CK_SHA256_BLOCK = 64 };

/// An empty message.
ck_sha256_state ck_sha256_begin(void);

/// Takes whole blocks: `count` is a multiple of CK_SHA256_BLOCK.
void ck_sha256_add(ck_sha256_state *state, const void *bytes, size_t count);

/// Takes the last `count` bytes, any number of them, and gives the digest of the whole message.
void ck_sha256_end(ck_sha256_state *state, const void *bytes, size_t count, uint8_t digest[32]);
