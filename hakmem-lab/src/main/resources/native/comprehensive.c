// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// comprehensive: six orders of allocating and freeing a hundred small blocks; the first byte of each
// is touched. From the outline of the original system's bench_comprehensive. Twin of
// Comprehensive.java.

#include "harness.h"

#define BLOCKS 100
#define SEED 42

static const uint32_t sizes[] = {16, 32, 64, 128}, mixed_sizes[] = {8, 16, 32, 64};
#define SIZES (sizeof sizes / sizeof *sizes)
#define MIXED_SIZES (sizeof mixed_sizes / sizeof *mixed_sizes)
#define BLOCKS_OF_ROUND (SIZES * (6 * BLOCKS + BLOCKS / 2))

static uint64_t rounds;
static uint32_t shuffled[BLOCKS];
static char *blocks[BLOCKS];

static void prepare(char **arguments, int count) {
  (void)count;
  rounds = number_argument(arguments[0]);
  for (uint32_t i = 0; i < BLOCKS; i++) shuffled[i] = i;
  uint32_t random = SEED;
  for (uint32_t i = BLOCKS - 1; i > 0; i--) {
    random = next_random(random);
    uint32_t j = random % (i + 1);
    uint32_t other = shuffled[j];
    shuffled[j] = shuffled[i];
    shuffled[i] = other;
  }
  probe_slots(BLOCKS);
}

static inline void allocate(uint32_t slot, uint32_t size) {
  char *block = ALLOCATE(slot, size);
  if (!block) fail("out of memory", "comprehensive");
  block[0] = (char)slot;
  blocks[slot] = block;
}

static inline void release(uint32_t slot) { FREE(slot, blocks[slot]); }

static void last_in_first_out(uint32_t size) {
  for (uint32_t i = 0; i < BLOCKS; i++) allocate(i, size);
  for (uint32_t i = BLOCKS; i-- > 0;) release(i);
}

static void first_in_first_out(uint32_t size) {
  for (uint32_t i = 0; i < BLOCKS; i++) allocate(i, size);
  for (uint32_t i = 0; i < BLOCKS; i++) release(i);
}

static void in_random_order(uint32_t size) {
  for (uint32_t i = 0; i < BLOCKS; i++) allocate(i, size);
  for (uint32_t i = 0; i < BLOCKS; i++) release(shuffled[i]);
}

static void interleaved(uint32_t size) {
  for (uint32_t i = 0; i < BLOCKS; i += 2) {
    allocate(i, size);
    allocate(i + 1, size);
    release(i);
  }
  for (uint32_t i = 1; i < BLOCKS; i += 2) release(i);
}

static void of_mixed_sizes(void) {
  for (uint32_t i = 0; i < BLOCKS; i++) allocate(i, mixed_sizes[i % MIXED_SIZES]);
  for (uint32_t i = 0; i < BLOCKS; i++) release(i);
}

static void long_lived(uint32_t size) {
  for (uint32_t i = 0; i < BLOCKS; i += 2) allocate(i, size);
  for (uint32_t i = 0; i < BLOCKS; i++) {
    allocate(i | 1, size);
    release(i | 1);
  }
  for (uint32_t i = 0; i < BLOCKS; i += 2) release(i);
}

static uint64_t pass(void) {
  uint64_t begin = now_nanos();
  for (uint64_t n = 0; n < rounds; n++) {
    for (size_t i = 0; i < SIZES; i++) {
      last_in_first_out(sizes[i]);
      first_in_first_out(sizes[i]);
      in_random_order(sizes[i]);
      interleaved(sizes[i]);
      of_mixed_sizes();
      long_lived(sizes[i]);
    }
  }
  return now_nanos() - begin;
}

static uint64_t operations(void) { return rounds * BLOCKS_OF_ROUND; }

static void limit(uint64_t most) {
  uint64_t needed = (most + BLOCKS_OF_ROUND - 1) / BLOCKS_OF_ROUND;
  rounds = rounds < needed ? rounds : needed;
}

const struct workload comprehensive = {"comprehensive", prepare, pass, operations, limit, 0};
