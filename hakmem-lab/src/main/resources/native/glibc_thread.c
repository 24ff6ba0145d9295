// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// glibc-thread: each thread replaces random blocks of its own and writes every byte; the larger a
// size, the rarer. From bench-malloc-thread of the GNU C library. Twin of GlibcThread.java.

#include <string.h>

#include "workers.h"

#define SLOTS 1024  // of each thread
#define SIZES 8000
#define SLOT_DRAWS 4096
#define LEAST 4.0
#define MOST 32768.0
#define SEED 42

static uint32_t threads, sizes[SIZES], slots[SLOT_DRAWS];
static void ***blocks;  // by thread

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  seconds_argument(arguments[1]);
  uint32_t random = SEED;
  for (int i = 0; i < SIZES; i++) {
    random = next_random(random);
    double part = random / 0x1p32;
    sizes[i] = (uint32_t)(1 / ((1 / MOST - 1 / LEAST) * part + 1 / LEAST));
  }
  for (int i = 0; i < SLOT_DRAWS; i++) {
    random = next_random(random);
    slots[i] = random % SLOTS;
  }
  blocks = map_touched(threads * sizeof *blocks);
  for (uint32_t i = 0; i < threads; i++) blocks[i] = map_touched(SLOTS * sizeof(void *));
  probe_slots(threads * SLOTS);
}

static uint64_t work(uint32_t worker) {
  void **const own = blocks[worker];
  const uint32_t first_slot = worker * SLOTS;
  uint32_t size_index = 0, slot_index = 0;
  uint64_t done = 0;
  for (uint64_t count; (count = quota_piece(done)); done += count) {
    for (uint64_t n = 0; n < count; n++) {
      uint32_t slot = slots[slot_index];
      if (own[slot]) FREE(first_slot + slot, own[slot]);
      uint32_t size = sizes[size_index];
      own[slot] = ALLOCATE(first_slot + slot, size);
      if (!own[slot]) fail("out of memory", "glibc-thread");
      memset(own[slot], (int)slot, size);
      size_index = size_index + 1 == SIZES ? 0 : size_index + 1;
      slot_index = slot_index + 1 == SLOT_DRAWS ? 0 : slot_index + 1;
    }
  }
  for (uint32_t slot = 0; slot < SLOTS; slot++) {
    if (own[slot]) FREE(first_slot + slot, own[slot]);
    own[slot] = NULL;
  }
  return done;
}

static uint64_t pass(void) { return run_workers(threads, &(struct work){work, NULL}); }

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload glibc_thread = {
    "glibc-thread", prepare, pass, operations_of_workers, limit, 0};
