// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// arena: some blocks are allocated and freed together, in the order of allocation, for C's allocators
// have no arenas. A workload of our own. Twin of ArenaGroups.java.

#include "harness.h"

#define BLOCK_BYTES 64

static uint32_t allocations;
static uint64_t cycles;
static void **blocks;

static void prepare(char **arguments, int count) {
  (void)count;
  allocations = (uint32_t)number_argument(arguments[0]);
  cycles = number_argument(arguments[1]);
  blocks = map_touched(allocations * sizeof *blocks);
  probe_slots(allocations);
}

static uint64_t pass(void) {
  uint64_t start = now_nanos();
  for (uint64_t n = 0; n < cycles; n++) {
    for (uint32_t i = 0; i < allocations; i++) blocks[i] = ALLOCATE(i, BLOCK_BYTES);
    for (uint32_t i = 0; i < allocations; i++) FREE(i, blocks[i]);
  }
  return now_nanos() - start;
}

static uint64_t operations(void) { return cycles; }

static void limit(uint64_t most) { cycles = cycles < most ? cycles : most; }

const struct workload arena = {"arena", prepare, pass, operations, limit, 0};
