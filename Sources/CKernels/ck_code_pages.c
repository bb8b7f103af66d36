// The pages of program and libraries that a process has touched. The system maps sixteen at a time, so what start-up ran through
// once stays counted as the process's memory; let go, pages that are needed come back from the page cache by a fault that
// reads no disk. https://man7.org/linux/man-pages/man3/dl_iterate_phdr.3.html
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "ck_code_pages.h"

#if defined(__linux__)
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int let_go_of_object(struct dl_phdr_info *object, size_t size, void *released) {
    (void)size;
    // The kernel's own page of code is no file.
    if (object->dlpi_name && strncmp(object->dlpi_name, "linux-", 6) == 0) return 0;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        // What may be written holds values that are not in the file.
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        // Only pages that lie wholly inside.
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr + page - 1) / page * page;
        uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) / page * page;
        if (end > start && madvise((void *)start, end - start, MADV_DONTNEED) == 0) *(size_t *)released += end - start;
    }
    return 0;
}

size_t ck_let_go_of_code(void) {
    size_t released = 0;
    dl_iterate_phdr(let_go_of_object, &released);
    return released;
}
#else
size_t ck_let_go_of_code(void) { return 0; }
#endif
