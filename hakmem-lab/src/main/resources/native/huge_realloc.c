// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// huge-realloc: blocks grow in turn by 1 MiB a step from 1 MiB on, are written where they grew, and
// freed at the end. A workload of our own. Twin of HugeRealloc.java.

#include "harness.h"

#define MIB ((size_t)1 << 20)

static uint64_t operation_count, block_count;
static size_t touch;
static char **slots;

static void prepare(char **arguments, int count) {
  (void)count;
  block_count = number_argument(arguments[1]);
  operation_count = number_argument(arguments[0]) * block_count;
  touch = number_argument(arguments[2]);
  slots = map_touched(block_count * sizeof *slots);
  probe_slots(block_count);
}

static void check(const char *block, uint64_t written) {
  for (uint64_t n = 0; n < written && touch; n++) {
    if (block[n * MIB] != (char)n) fail("contents are lost", "huge-realloc");
  }
}

static uint64_t pass(void) {
  uint64_t start = now_nanos();
  for (uint64_t n = 0; n < operation_count; n++) {
    uint32_t slot = (uint32_t)(n % block_count);
    size_t before = n / block_count * MIB;
    char *block = before ? REALLOCATE(slot, slots[slot], before + MIB) : ALLOCATE(slot, MIB);
    if (!block) fail("out of memory", "huge-realloc");
    slots[slot] = block;
    for (size_t at = before; touch && at < before + MIB; at += touch) {
      block[at] = (char)(before / MIB);
    }
  }
  uint64_t nanos = now_nanos() - start;
  uint64_t used = block_count < operation_count ? block_count : operation_count;
  for (uint64_t slot = 0; slot < used; slot++) {
    check(slots[slot], (operation_count - slot + block_count - 1) / block_count);
  }
  start = now_nanos();
  for (uint64_t slot = 0; slot < used; slot++) FREE((uint32_t)slot, slots[slot]);
  return nanos + now_nanos() - start;
}

static uint64_t operations(void) { return operation_count; }

static void limit(uint64_t most) {
  operation_count = operation_count < most ? operation_count : most;
}

const struct workload huge_realloc = {"huge-realloc", prepare, pass, operations, limit, 0, NULL};
