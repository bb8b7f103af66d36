#pragma once
// Counts heap allocations of the calling thread, for `ausculta bench`: the encoder promises none per window.

/// Allocations this thread has made since the program started; -1 where they cannot be counted (not glibc, or a
/// sanitizer owns the heap).
long ca_thread_allocations(void);
