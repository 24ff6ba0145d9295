// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// malloc-large: twenty buffers of some megabytes, a random one replaced at a time and filled with
// zeros, or not. From the test of that name of mimalloc-bench. Twin of MallocLarge.java.

#include <string.h>

#include "harness.h"

#define BUFFERS 20
#define MIN_SIZE (5u << 20)
#define MAX_SIZE (25u << 20)
#define SEED 42

static uint64_t iterations, filled;
static void *blocks[BUFFERS];

static void prepare(char **arguments, int count) {
  (void)count;
  iterations = number_argument(arguments[0]);
  filled = number_argument(arguments[1]);
  probe_slots(BUFFERS + 1);
}

static void release(uint32_t slot) {
  if (blocks[slot]) FREE(slot, blocks[slot]);
  blocks[slot] = NULL;
}

static uint64_t pass(void) {
  uint32_t random = SEED;
  uint64_t begin = now_nanos();
  for (uint64_t n = 0; n < iterations; n++) {
    random = next_random(random);
    uint32_t slot = random % BUFFERS;
    random = next_random(random);
    uint32_t size = MIN_SIZE + random % (MAX_SIZE - MIN_SIZE + 1);
    void *block = ALLOCATE(slot, size);
    if (!block) fail("out of memory", "malloc-large");
    if (filled) memset(block, 0, size);
    release(slot);
    blocks[slot] = block;
  }
  for (uint32_t slot = 0; slot < BUFFERS; slot++) release(slot);
  return now_nanos() - begin;
}

static uint64_t operations(void) { return iterations; }

static void limit(uint64_t most) { iterations = iterations < most ? iterations : most; }

const struct workload malloc_large = {"malloc-large", prepare, pass, operations, limit, 0};
