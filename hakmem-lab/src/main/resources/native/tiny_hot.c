// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// tiny-hot: a batch of blocks of one size is allocated and freed in reverse; nothing is touched.
// From the original system's bench_tiny_hot. Twin of TinyHot.java.

#include "harness.h"

static size_t size;
static uint32_t batch_size;
static uint64_t cycles;
static void **blocks;

static void prepare(char **arguments, int count) {
  (void)count;
  size = number_argument(arguments[0]);
  batch_size = (uint32_t)number_argument(arguments[1]);
  cycles = number_argument(arguments[2]);
  blocks = map_touched(batch_size * sizeof(void *));
  probe_slots(batch_size);
}

static uint64_t pass(void) {
  void **const batch = blocks;
  const uint32_t count = batch_size;
  uint64_t begin = now_nanos();
  for (uint64_t n = 0; n < cycles; n++) {
    for (uint32_t i = 0; i < count; i++) batch[i] = ALLOCATE(i, size);
    for (uint32_t i = count; i-- > 0;) FREE(i, batch[i]);
  }
  return now_nanos() - begin;
}

static uint64_t operations(void) { return cycles * batch_size * 2; }

static void limit(uint64_t most) {
  uint64_t needed = (most + 2 * (uint64_t)batch_size - 1) / (2 * (uint64_t)batch_size);
  cycles = cycles < needed ? cycles : needed;
}

const struct workload tiny_hot = {"tiny-hot", prepare, pass, operations, limit, 0};
