#pragma once
// What the system keeps of a file in memory; a call that Swift's C library modules do not offer.
#include <stdint.h>

/// 1 where the byte at `offset` can be read without waiting for a disk, and where that is not known; else 0.
int ck_file_byte_in_memory(int descriptor, int64_t offset);
