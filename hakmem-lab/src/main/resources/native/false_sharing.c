// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// cache-scratch and cache-thrash: each thread writes and reads a tiny block of its own again and
// again; in cache-scratch the threads first free blocks that one thread allocated side by side. From
// the tests of Hoard's authors, as mimalloc-bench runs them. Twin of FalseSharing.java.

#include "workers.h"

static uint32_t threads, size;
static uint64_t repetitions;
static void *handed_out[MAX_THREADS];

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  size = (uint32_t)number_argument(arguments[2]);
  repetitions = number_argument(arguments[3]) / threads;
  quota.operations = number_argument(arguments[1]) * repetitions;
  probe_slots(threads);
}

static void *allocate(uint32_t slot) {
  void *block = ALLOCATE(slot, size);
  if (!block) fail("out of memory", "cache-scratch or cache-thrash");
  return block;
}

static void write_and_read(volatile char *block, uint64_t count) {
  for (uint64_t n = 0; n < count; n++) {
    for (uint32_t i = 0; i < size; i++) {
      // Each depends on the one before, so that no compiler runs ahead of the cache.
      block[i] = (char)(block[i] + 1);
    }
  }
}

static uint64_t thrash(uint32_t worker) {
  uint64_t done = 0;
  while (quota_goes_on(done)) {
    uint64_t left = quota.operations - done;
    uint64_t count = left < repetitions ? left : repetitions;
    void *block = allocate(worker);
    write_and_read(block, count);
    FREE(worker, block);
    done += count;
  }
  return done;
}

static uint64_t scratch(uint32_t worker) {
  FREE(worker, handed_out[worker]);
  return thrash(worker);
}

static uint64_t pass_of_scratch(void) {
  for (uint32_t i = 0; i < threads; i++) handed_out[i] = allocate(i);
  return run_workers(threads, &(struct work){scratch, NULL});
}

static uint64_t pass_of_thrash(void) { return run_workers(threads, &(struct work){thrash, NULL}); }

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload cache_scratch = {
    "cache-scratch", prepare, pass_of_scratch, operations_of_workers, limit, 0};
const struct workload cache_thrash = {
    "cache-thrash", prepare, pass_of_thrash, operations_of_workers, limit, 0};
