// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// random-mixed: the benchmark of the original system, bench_random_mixed. One random number serves
// both the slot and the size; a filled slot is freed, an empty one allocated; only the first byte of
// a block is touched. Twin of RandomMixed.java.

#include "harness.h"

static uint64_t cycles;
static uint32_t slot_count, seed, min_size, max_size;
static void **slots;

static void prepare(char **arguments, int count) {
  cycles = number_argument(arguments[0]);
  slot_count = (uint32_t)number_argument(arguments[1]);
  seed = (uint32_t)number_argument(arguments[2]);
  min_size = count > 3 ? (uint32_t)number_argument(arguments[3]) : 0;
  max_size = count > 4 ? (uint32_t)number_argument(arguments[4]) : UINT32_MAX;
  slots = map_touched(slot_count * sizeof(void *));
  probe_slots(slot_count);
}

static inline __attribute__((always_inline)) uint32_t
any_steps(uint32_t state, uint64_t count, int clamped) {
  void **const blocks = slots;
  const uint32_t working_set = slot_count, min = min_size, max = max_size;
  uint32_t r = state;
  for (uint64_t n = 0; n < count; n++) {
    r = next_random(r);
    uint32_t index = r % working_set;
    char *block = blocks[index];
    if (block) {
      FREE(index, block);
      blocks[index] = NULL;
    } else {
      uint32_t size = 16 + (r & 0x3FF);
      if (clamped) {
        size = size < min ? min : size;
        size = size > max ? max : size;
      }
      block = ALLOCATE(index, size);
      if (block) {
        block[0] = (char)r;
        blocks[index] = block;
      }
    }
  }
  return r;
}

static uint32_t steps(uint32_t state, uint64_t count) { return any_steps(state, count, 0); }

static uint32_t clamped_steps(uint32_t state, uint64_t count) {
  return any_steps(state, count, 1);
}

static uint64_t pass(void) {
  const int clamped = min_size > 16 || max_size < 16 + 0x3FF;
  uint64_t start = now_nanos();
  uint32_t state = clamped ? clamped_steps(seed, cycles) : steps(seed, cycles);
  for (uint32_t i = 0; i < slot_count; i++) {
    if (slots[i]) {
      FREE(i, slots[i]);
      slots[i] = NULL;
    }
  }
  uint64_t nanos = now_nanos() - start;
  report("lastState", state);
  return nanos;
}

static uint64_t operations(void) { return cycles; }

static void limit(uint64_t most) { cycles = cycles < most ? cycles : most; }

const struct workload random_mixed = {"random-mixed", prepare, pass, operations, limit, 0};
