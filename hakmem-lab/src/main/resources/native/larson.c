// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// larson: each thread replaces random blocks among its own; after some rounds it starts a thread
// that goes on with the same blocks, and ends. From Larson and Krishnan's paper of 1998, as
// mimalloc-bench runs it. Twin of Larson.java.

#include "lran2.h"
#include "workers.h"

#define WARM_UP 4

struct share {
  _Alignas(128) void **blocks;
  uint32_t first_slot;
  uint64_t done;
  struct lran2 random;
};

static uint32_t threads, min_size, spread, chunks, rounds, seed, slot_count;
static struct share *shares;
static uint32_t *order;

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  seconds_argument(arguments[1]);
  min_size = (uint32_t)number_argument(arguments[2]);
  spread = (uint32_t)number_argument(arguments[3]) - min_size;
  chunks = (uint32_t)number_argument(arguments[4]);
  rounds = (uint32_t)number_argument(arguments[5]);
  seed = (uint32_t)number_argument(arguments[6]);
  slot_count = threads * chunks;
  shares = map_touched(threads * sizeof *shares);
  order = map_touched(slot_count * sizeof *order);
  for (uint32_t i = 0; i < threads; i++) shares[i].blocks = map_touched(chunks * sizeof(void *));
  probe_slots(slot_count);
}

static uint32_t draw_size(struct lran2 *random) { return min_size + lran2_next(random) % spread; }

static inline void *allocate(uint32_t slot, uint32_t size) {
  void *block = ALLOCATE(slot, size);
  if (!block) fail("out of memory", "larson");
  return block;
}

static inline void replace(void **blocks, uint32_t victim, uint32_t slot, struct lran2 *random) {
  FREE(slot, blocks[victim]);
  volatile char *block = allocate(slot, draw_size(random));
  block[0] = (char)victim;
  block[1] = block[0];
  blocks[victim] = (void *)block;
}

static void permute(struct lran2 *random) {
  for (uint32_t i = 0; i < slot_count; i++) order[i] = i;
  for (uint32_t i = slot_count - 1; i > 0; i--) {
    uint32_t j = lran2_next(random) % (i + 1);
    uint32_t other = order[j];
    order[j] = order[i];
    order[i] = other;
  }
}

// One thread allocates all blocks in random order, replaces many, and hands them out.
static void fill(void) {
  struct lran2 random;
  lran2_seed(&random, seed);
  permute(&random);
  for (uint32_t i = 0; i < slot_count; i++) {
    uint32_t slot = order[i];
    shares[slot / chunks].blocks[slot % chunks] = allocate(slot, draw_size(&random));
  }
  for (uint64_t n = 0; n < (uint64_t)WARM_UP * slot_count; n++) {
    uint32_t slot = lran2_next(&random) % slot_count;
    replace(shares[slot / chunks].blocks, slot % chunks, slot, &random);
  }
  for (uint32_t i = 0; i < threads; i++) {
    shares[i].first_slot = i * chunks;
    shares[i].done = 0;
    lran2_seed(&shares[i].random, lran2_next(&random));
  }
}

static uint64_t work(uint32_t worker) {
  struct share *share = &shares[worker];
  void **const blocks = share->blocks;
  const uint64_t before = share->done, all = before + (uint64_t)rounds * chunks;
  for (uint64_t count; (count = quota_piece(share->done)) && share->done < all;) {
    if (count > all - share->done) count = all - share->done;
    for (uint64_t n = 0; n < count; n++) {
      uint32_t victim = lran2_next(&share->random) % chunks;
      replace(blocks, victim, share->first_slot + victim, &share->random);
    }
    share->done += count;
  }
  return share->done - before;
}

static int is_relieved(uint32_t worker) { return quota_goes_on(shares[worker].done); }

static uint64_t pass(void) {
  fill();
  uint64_t nanos = run_workers(threads, &(struct work){work, is_relieved});
  for (uint32_t slot = 0; slot < slot_count; slot++) {
    FREE(slot, shares[slot / chunks].blocks[slot % chunks]);
  }
  return nanos;
}

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload larson = {"larson", prepare, pass, operations_of_workers, limit, 0};
