// Settings of glibc's heap: https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html
#include "CAllocations.h"

// Any header of the library says which one it is.
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>

enum { BLOCK_OF_ITS_OWN = 128 * 1024 };

void ca_keep_heap_small(void) {
    mallopt(M_ARENA_MAX, 1);
    // Set by hand, glibc leaves it: otherwise it grows with the first large block that is freed, up to 32 MB.
    mallopt(M_MMAP_THRESHOLD, BLOCK_OF_ITS_OWN);
    mallopt(M_TRIM_THRESHOLD, BLOCK_OF_ITS_OWN);
}

#else

void ca_keep_heap_small(void) {}

#endif
