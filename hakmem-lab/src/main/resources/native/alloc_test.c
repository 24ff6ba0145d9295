// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// alloc-test: a random slot of many is emptied or filled, some slots far more often than others,
// most blocks small; all bytes of a block are written, and read before it is freed. From OLogN
// Technologies' alloc-test, as mimalloc-bench runs it. Twin of AllocTest.java.

#include <string.h>

#include "workers.h"

#define SLOTS (1 << 18)  // of all threads
#define SEED 41
#define LEVELS 7

// A level is drawn with its probability; it spans that of its mirror image, of the slots.
static const double levels[LEVELS] = {.262144, .393216, .24576, .08192, .01536, .001536, .000064};

struct share {
  _Alignas(128) unsigned char **blocks;
  uint32_t *sizes;
  uint32_t first_slot;
  uint64_t bytes_read;
};

static uint32_t threads, slots, level_slots[LEVELS + 1];
static uint64_t level_ends[LEVELS];  // of a draw of 32 bits
static struct share *shares;

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  quota.operations = number_argument(arguments[1]);
  slots = SLOTS / threads;
  double drawn = 0, spanned = 0;
  for (int i = 0; i < LEVELS; i++) {
    drawn += levels[i];
    spanned += levels[LEVELS - 1 - i];
    level_ends[i] = (uint64_t)(drawn * 0x1p32);
    level_slots[i + 1] = (uint32_t)(spanned * slots);
  }
  level_slots[LEVELS] = slots;
  shares = map_touched(threads * sizeof *shares);
  for (uint32_t i = 0; i < threads; i++) {
    shares[i].blocks = map_touched(slots * sizeof(char *));
    shares[i].sizes = map_touched(slots * sizeof(uint32_t));
    shares[i].first_slot = i * slots;
  }
  probe_slots(SLOTS);
}

static inline uint32_t drawn(uint64_t state) {
  return (uint32_t)(state * 0xd989bcacc137dcd5u >> 32);
}

static inline uint64_t next(uint64_t state) {
  state ^= state >> 11;
  state ^= state << 31;
  state ^= state >> 18;
  return state;
}

static inline uint64_t fill(struct share *share, uint32_t slot, uint64_t state) {
  uint64_t draw = (uint64_t)drawn(state) << 32 | drawn(next(state));
  int power = __builtin_ctzll((draw & 127) + 1) + 2;
  uint32_t size = ((uint32_t)(draw >> 7) & ((1u << power) - 1)) + 1 + (1u << power);
  unsigned char *block = ALLOCATE(share->first_slot + slot, size);
  if (!block) fail("out of memory", "alloc-test");
  memset(block, (int)slot, size);
  share->blocks[slot] = block;
  share->sizes[slot] = size;
  return next(next(state));
}

static inline void release(struct share *share, uint32_t slot) {
  unsigned char *block = share->blocks[slot];
  const uint32_t size = share->sizes[slot];
  uint64_t sum = 0, word;
  if (size >= 8) {  // by words, of which the last may overlap
    for (uint32_t i = 0; i + 8 < size; i += 8) {
      memcpy(&word, block + i, 8);
      sum += word;
    }
    memcpy(&word, block + size - 8, 8);
    sum += word;
  } else if (size >= 4) {
    uint32_t half, last;
    memcpy(&half, block, 4);
    memcpy(&last, block + size - 4, 4);
    sum = half + last;
  } else {
    for (uint32_t i = 0; i < size; i++) sum += block[i];
  }
  share->bytes_read += sum;
  FREE(share->first_slot + slot, block);
  share->blocks[slot] = NULL;
}

static uint64_t fill_half(struct share *share, uint64_t state) {
  uint32_t bits = 0;
  for (uint32_t slot = 0; slot < slots; slot++) {
    if (slot % 32 == 0) {
      bits = drawn(state);
      state = next(state);
    }
    if (bits >> slot % 32 & 1) state = fill(share, slot, state);
  }
  return state;
}

static inline uint32_t slot_of(uint32_t level, uint32_t position) {
  int i = 0;
  while (i < LEVELS - 1 && level >= level_ends[i]) i++;
  uint64_t span = level_slots[i + 1] - level_slots[i];
  return level_slots[i] + (uint32_t)(position * span >> 32);
}

static uint64_t work(uint32_t worker) {
  struct share *share = &shares[worker];
  uint64_t state = fill_half(share, SEED);
  uint64_t done = 0;
  for (uint64_t count; (count = quota_piece(done)); done += count) {
    for (uint64_t n = 0; n < count; n++) {
      uint32_t slot = slot_of(drawn(state), drawn(next(state)));
      state = next(next(state));
      if (share->blocks[slot]) {
        release(share, slot);
      } else {
        state = fill(share, slot, state);
      }
    }
  }
  for (uint32_t slot = 0; slot < slots; slot++) {
    if (share->blocks[slot]) release(share, slot);
  }
  return done;
}

static uint64_t pass(void) { return run_workers(threads, &(struct work){work, NULL}); }

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload alloc_test = {"alloc-test", prepare, pass, operations_of_workers, limit, 0};
