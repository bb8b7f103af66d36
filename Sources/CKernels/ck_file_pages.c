// Whether a byte of a file is in the system's page cache: a read that must not wait either succeeds or says it would wait.
// Unlike mincore this needs no right to write the file. https://man7.org/linux/man-pages/man2/readv.2.html
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "ck_file_pages.h"

#if defined(__linux__)
#include <errno.h>
#include <sys/uio.h>
#endif

int ck_file_byte_in_memory(int descriptor, int64_t offset) {
#if defined(__linux__) && defined(RWF_NOWAIT)
    char byte;
    struct iovec vector = {.iov_base = &byte, .iov_len = 1};
    return preadv2(descriptor, &vector, 1, (off_t)offset, RWF_NOWAIT) == 1 || errno != EAGAIN;
#else
    (void)descriptor;
    (void)offset;
    return 1;
#endif
}
