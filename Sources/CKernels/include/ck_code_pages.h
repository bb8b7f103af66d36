#pragma once
// What the system keeps of the program itself in memory; a call that Swift's C library modules do not offer.
#include <stddef.h>

/// Lets go of the pages of program and libraries; those that are needed come back from the file as they are reached. Returns
/// the bytes of the mappings it was done to; 0 where the system offers no way.
size_t ck_let_go_of_code(void);
