#pragma once
// The C heap: counts allocations of the calling thread, for `ausculta bench` (the encoder promises none per window), and
// keeps it small.

/// Allocations this thread has made since the program started; -1 where they cannot be counted (not glibc, or a
/// sanitizer owns the heap).
long ca_thread_allocations(void);

/// For a process that runs for months: all threads share one heap (each would get its own, and keep what it once needed), and
/// large blocks go back to the system when they are freed. Call it before there are threads. Does nothing without glibc.
void ca_keep_heap_small(void);
