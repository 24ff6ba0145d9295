// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// burst-idle: allocate, write every byte, free in the order of allocation; the memory run then looks
// at what stays of the process's growth. A workload of our own. The sizes are one number, or a file
// of sizes (u32 each, which repeat) that RequestSizes.java writes. Twin of BurstIdle.java.

#include <ctype.h>
#include <string.h>

#include "harness.h"

#define FILL 0x5A

static uint32_t one_size;
static const uint32_t *sizes = &one_size;
static uint64_t size_count = 1, block_count, total;
static char **slots;

static void prepare(char **arguments, int count) {
  (void)count;
  uint64_t bytes = number_argument(arguments[0]);
  if (isdigit((unsigned char)arguments[1][0])) {
    one_size = (uint32_t)number_argument(arguments[1]);
  } else {
    size_t length;
    sizes = map_file(arguments[1], &length);
    size_count = length / sizeof *sizes;
  }
  while (total < bytes) total += sizes[block_count++ % size_count];
  slots = map_touched(block_count * sizeof *slots);
  probe_slots(block_count);
}

static void fill(void) {
  for (uint64_t n = 0, i = 0; n < block_count; n++) {
    size_t size = sizes[i];
    slots[n] = ALLOCATE((uint32_t)n, size);
    if (!slots[n]) fail("out of memory", "burst-idle");
    memset(slots[n], FILL, size);
    i = i + 1 == size_count ? 0 : i + 1;
  }
}

static uint64_t release(void) {
  for (uint64_t n = 0; n < block_count; n++) FREE((uint32_t)n, slots[n]);
  return total;
}

static void clear(void) {}

static uint64_t pass(void) {
  uint64_t start = now_nanos();
  fill();
  uint64_t freed = release();
  uint64_t nanos = now_nanos() - start;
  report("freedBytes", freed);
  return nanos;
}

static uint64_t operations(void) { return block_count; }

static void limit(uint64_t most) {
  while (block_count > most) total -= sizes[--block_count % size_count];
}

static const struct idle idle = {fill, release, clear, {100, 1000, 5000}};

const struct workload burst_idle = {"burst-idle", prepare, pass, operations, limit, 0, &idle};
