// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// pair: allocate, free, in a tight loop; the block is not touched. A workload of our own: the
// shortest path there is. Twin of Pair.java.

#include "harness.h"

static uint64_t cycles;
static size_t size;

static void prepare(char **arguments, int count) {
  (void)count;
  cycles = number_argument(arguments[0]);
  size = number_argument(arguments[1]);
  probe_slots(1);
}

static uint64_t pass(void) {
  uint64_t start = now_nanos();
  for (uint64_t n = 0; n < cycles; n++) {
    void *block = ALLOCATE(0, size);
    FREE(0, block);
  }
  return now_nanos() - start;
}

static uint64_t operations(void) { return cycles; }

static void limit(uint64_t most) { cycles = cycles < most ? cycles : most; }

const struct workload pair = {"pair", prepare, pass, operations, limit, 0};
