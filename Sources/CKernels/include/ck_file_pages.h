#pragma once
// What the system keeps of a file in memory; a call that Swift's C library modules do not offer.
#include <stddef.h>
#include <stdint.h>

/// 1 where the byte at `offset` can be read without waiting for a disk, and where that is not known; else 0.
int ck_file_byte_in_memory(int descriptor, int64_t offset);

/// Lets go of the pages of program and libraries; those that are needed come back from the file as they are reached. Returns
/// the bytes of the mappings it was done to; 0 where the system offers no way.
size_t ck_let_go_of_code(void);
