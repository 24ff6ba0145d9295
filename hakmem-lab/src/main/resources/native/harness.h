// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// What the native twin of the laboratory shares between its files. A workload is one .c file that
// defines a `struct workload` and allocates through the macros below; the program is compiled four
// times from the same sources:
//
//   DIRECT     malloc and free are called as any program calls them; the library is preloaded
//   POINTERS   through pointers looked up in a library that does not export malloc
//   PROBE      through functions that count, and touch whole blocks: counts and memory, never time
//   LATENCY    through functions that time each call

#ifndef HAKMEM_LAB_HARNESS_H
#define HAKMEM_LAB_HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct workload {
  const char *name;
  // Reads the arguments (all of them are given) and maps what the passes need.
  void (*prepare)(char **arguments, int count);
  // One pass; returns its nanoseconds.
  uint64_t (*pass)(void);
  // Operations of one pass.
  uint64_t (*operations)(void);
  // Shortens the passes to their first operations.
  void (*limit)(uint64_t operations);
  // Passes are repeated until they took this long; 0: one pass.
  uint64_t least_nanos;
  // What the memory run does instead of a pass; NULL: nothing else.
  const struct idle *idle;
};

// A burst, after which the process sleeps and the memory run looks at it.
struct idle {
  // Allocates every block and writes all of it.
  void (*fill)(void);
  // Frees what the recipe frees; how many bytes of those requested.
  uint64_t (*release)(void);
  // Frees what is left.
  void (*clear)(void);
  // When to look, after the release; ascending, zeros at the end.
  uint32_t sample_millis[4];
};

extern const struct workload random_mixed;
extern const struct workload pair;
extern const struct workload producer_consumer;
extern const struct workload burst_idle;
extern const struct workload keep_one_in_20;
extern const struct workload huge_realloc;
extern const struct workload cfrac;
extern const struct workload arena;
extern const struct workload replay;
extern const struct workload replay_threads;
extern const struct workload tiny_hot;
extern const struct workload xmalloc_test;
extern const struct workload larson;
extern const struct workload sh6_like;
extern const struct workload sh8_like;
extern const struct workload mleak;
extern const struct workload alloc_test;
extern const struct workload mt_remote;
extern const struct workload cache_scratch;
extern const struct workload cache_thrash;
extern const struct workload mstress;
extern const struct workload rptest;
extern const struct workload glibc_simple;
extern const struct workload glibc_thread;
extern const struct workload malloc_large;
extern const struct workload mid_large_mt;
extern const struct workload comprehensive;

// harness.c
uint64_t now_nanos(void);
_Noreturn void fail(const char *message, const char *detail);
uint64_t number_argument(const char *text);
// Memory of the harness itself, never from the allocator under test; touched ahead, so that it does
// not count as growth.
void *map_touched(size_t bytes);
// A whole file, read ahead, so that the page faults of reading are not part of a pass.
const void *map_file(const char *path, size_t *length);
// In the memory run: threads that hand blocks over keep to a schedule by which the peak is determined.
extern int in_step;
// Reports one value with the result; the key must stay.
void report(const char *key, uint64_t value);

// allocator.c: the functions under test, where they are not called directly
struct allocator {
  void *(*allocate)(size_t);
  void (*free)(void *);
  void *(*allocate_zeroed)(size_t, size_t);
  void *(*reallocate)(void *, size_t);
  int (*allocate_aligned)(void **, size_t, size_t);
  void (*thread_begin)(void);
  void (*thread_end)(int);
};
extern struct allocator allocator;
void use_library(const char *path, const char *prefix);
void identify(const char *path);
// probe.c
struct probe_counts {
  uint64_t allocations, frees, requested_bytes, large_requests, live_blocks, live_bytes, peak_blocks,
      peak_bytes, committed_at_peak, allocation_order, free_order;
};
extern struct probe_counts probe_counts;  // of the threads that have ended, and of merged ones
void probe_merge_counts(void);
void probe_slots(size_t slot_count);
void probe_touch_and_sample_at(uint64_t allocation);
uint64_t peak_resident_kib(void);
uint64_t resident_bytes(void);
void *probe_allocate(uint32_t slot, size_t size);
void *probe_allocate_zeroed(uint32_t slot, size_t size);
void *probe_reallocate(uint32_t slot, void *block, size_t size);
void *probe_allocate_aligned(uint32_t slot, size_t size, size_t alignment);
void probe_free(uint32_t slot, void *block);

// latency.c
void latency_reset(void);
void latency_print(void);
void latency_thread_end(void);
void *latency_allocate(size_t size);
void *latency_allocate_zeroed(size_t size);
void *latency_reallocate(void *block, size_t size);
void *latency_allocate_aligned(size_t size, size_t alignment);
void latency_free(void *block);

// Every thread calls these first and last.
static inline void thread_begin(void) {
  if (allocator.thread_begin) allocator.thread_begin();
}
static inline void thread_end(void) {
#if defined(PROBE)
  probe_merge_counts();
#elif defined(LATENCY)
  latency_thread_end();
#endif
  if (allocator.thread_end) allocator.thread_end(1);
}

static inline void *aligned_result(int error, void *block) { return error ? NULL : block; }

// `slot` is where the workload keeps the block's address; only the probe looks at it.
#if defined(PROBE)
#define ALLOCATE(slot, size) probe_allocate(slot, size)
#define ALLOCATE_ZEROED(slot, size) probe_allocate_zeroed(slot, size)
#define REALLOCATE(slot, block, size) probe_reallocate(slot, block, size)
#define ALLOCATE_ALIGNED(slot, size, alignment) probe_allocate_aligned(slot, size, alignment)
#define FREE(slot, block) probe_free(slot, block)
#elif defined(LATENCY)
#define ALLOCATE(slot, size) ((void)(slot), latency_allocate(size))
#define ALLOCATE_ZEROED(slot, size) ((void)(slot), latency_allocate_zeroed(size))
#define REALLOCATE(slot, block, size) ((void)(slot), latency_reallocate(block, size))
#define ALLOCATE_ALIGNED(slot, size, alignment) ((void)(slot), latency_allocate_aligned(size, alignment))
#define FREE(slot, block) ((void)(slot), latency_free(block))
#elif defined(POINTERS)
#define ALLOCATE(slot, size) ((void)(slot), allocator.allocate(size))
#define ALLOCATE_ZEROED(slot, size) ((void)(slot), allocator.allocate_zeroed(1, size))
#define REALLOCATE(slot, block, size) ((void)(slot), allocator.reallocate(block, size))
#define ALLOCATE_ALIGNED(slot, size, alignment) ((void)(slot), pointer_aligned(size, alignment))
#define FREE(slot, block) ((void)(slot), allocator.free(block))
static inline void *pointer_aligned(size_t size, size_t alignment) {
  void *block = NULL;
  int error = allocator.allocate_aligned(&block, alignment, size);
  return aligned_result(error, block);
}
#else
#define ALLOCATE(slot, size) ((void)(slot), malloc(size))
#define ALLOCATE_ZEROED(slot, size) ((void)(slot), calloc(1, size))
#define REALLOCATE(slot, block, size) ((void)(slot), realloc(block, size))
#define ALLOCATE_ALIGNED(slot, size, alignment) ((void)(slot), direct_aligned(size, alignment))
#define FREE(slot, block) ((void)(slot), free(block))
static inline void *direct_aligned(size_t size, size_t alignment) {
  void *block = NULL;
  int error = posix_memalign(&block, alignment, size);
  return aligned_result(error, block);
}
#endif

// xorshift32, the generator of random-mixed; every workload of our own draws from it.
static inline uint32_t next_random(uint32_t state) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

// The 64-bit finaliser that mstress and mleak draw from; a state is also the number drawn.
static inline uint64_t mix64(uint64_t state) {
  state ^= state >> 30;
  state *= 0xbf58476d1ce4e5b9u;
  state ^= state >> 27;
  state *= 0x94d049bb133111ebu;
  state ^= state >> 31;
  return state;
}
static inline uint64_t mix64_seed(uint64_t thread) { return (thread + 1) * 43; }

#endif
