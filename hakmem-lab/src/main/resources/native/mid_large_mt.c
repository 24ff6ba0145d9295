// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// mid-large-mt: random-mixed with blocks of 8 to 34 KiB, each thread for itself; only the first byte
// of a block is touched. From the original system's bench_mid_large_mt. Twin of MidLargeMt.java.

#include "workers.h"

static uint32_t threads, slots, seed;
static char ***blocks;  // by thread

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  quota.operations = number_argument(arguments[1]);
  slots = (uint32_t)number_argument(arguments[2]);
  seed = (uint32_t)number_argument(arguments[3]);
  blocks = map_touched(threads * sizeof *blocks);
  for (uint32_t i = 0; i < threads; i++) blocks[i] = map_touched(slots * sizeof(char *));
  probe_slots(threads * slots);
}

static uint64_t work(uint32_t worker) {
  char **const own = blocks[worker];
  const uint32_t first_slot = worker * slots;
  uint32_t r = seed ^ (worker + 1) * 2654435761u;
  uint64_t done = 0;
  for (uint64_t count; (count = quota_piece(done)); done += count) {
    for (uint64_t n = 0; n < count; n++) {
      r = next_random(r);
      uint32_t i = r % slots;
      if (own[i]) {
        FREE(first_slot + i, own[i]);
        own[i] = NULL;
      } else {
        uint32_t size = (1u << (13 + r % 3)) + (r & 0x7FF);
        char *block = ALLOCATE(first_slot + i, size);
        if (!block) fail("out of memory", "mid-large-mt");
        block[0] = (char)r;
        own[i] = block;
      }
    }
  }
  for (uint32_t i = 0; i < slots; i++) {
    if (own[i]) FREE(first_slot + i, own[i]);
    own[i] = NULL;
  }
  return done;
}

static uint64_t pass(void) { return run_workers(threads, &(struct work){work, NULL}); }

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload mid_large_mt = {
    "mid-large-mt", prepare, pass, operations_of_workers, limit, 0};
