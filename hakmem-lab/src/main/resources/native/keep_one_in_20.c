// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// keep-one-in-20: allocate and write all blocks, free each with a probability of 19 in 20; the memory
// run then looks at how much of what was freed leaves the process. A workload of our own. Twin of
// KeepOneIn20.java.

#include <string.h>

#include "harness.h"

#define FILL 0x5A
#define ONE_IN 20

static uint32_t block_count, seed;
static size_t size;
static char **slots;

static void prepare(char **arguments, int count) {
  (void)count;
  block_count = (uint32_t)number_argument(arguments[0]);
  size = number_argument(arguments[1]);
  seed = (uint32_t)number_argument(arguments[2]);
  slots = map_touched(block_count * sizeof *slots);
  probe_slots(block_count);
}

static void fill(void) {
  for (uint32_t n = 0; n < block_count; n++) {
    slots[n] = ALLOCATE(n, size);
    if (!slots[n]) fail("out of memory", "keep-one-in-20");
    memset(slots[n], FILL, size);
  }
}

static uint64_t release(void) {
  uint32_t r = seed;
  uint64_t freed = 0;
  for (uint32_t n = 0; n < block_count; n++) {
    r = next_random(r);
    if (r % ONE_IN) {
      FREE(n, slots[n]);
      slots[n] = NULL;
      freed += size;
    }
  }
  return freed;
}

static void clear(void) {
  for (uint32_t n = 0; n < block_count; n++) {
    if (slots[n]) FREE(n, slots[n]);
  }
}

static uint64_t pass(void) {
  uint64_t start = now_nanos();
  fill();
  uint64_t freed = release();
  uint64_t nanos = now_nanos() - start;
  report("freedBytes", freed);
  clear();
  return nanos;
}

static uint64_t operations(void) { return block_count; }

static void limit(uint64_t most) { block_count = block_count < most ? block_count : (uint32_t)most; }

static const struct idle idle = {fill, release, clear, {1000, 10000}};

const struct workload keep_one_in_20 = {
    "keep-one-in-20", prepare, pass, operations, limit, 0, &idle};
