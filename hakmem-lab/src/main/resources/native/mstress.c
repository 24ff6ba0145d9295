// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// mstress: short and long-lived blocks of mixed sizes, a few of them huge, some exchanged between
// threads, in rounds with new threads each; every word is written, and checked before the block is
// freed. From mimalloc's stress test, as mimalloc-bench runs it. Twin of Mstress.java.

#include "workers.h"

#define TRANSFERS 1000
#define COOKIE 0xbf58476d1ce4e5b9u

struct share {
  _Alignas(128) uint64_t random;
  uint64_t **transients, **retained;
  uint32_t transient_count, retained_count, first_slot;
};

static uint32_t threads;
static uint64_t rounds, blocks_of_first, blocks_of_round;
static struct share *shares;
static _Atomic(uint64_t *) transfers[TRANSFERS];

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  uint32_t scale = (uint32_t)number_argument(arguments[1]);
  rounds = number_argument(arguments[2]);
  shares = map_touched(threads * sizeof *shares);
  for (uint32_t i = 0; i < threads; i++) {
    struct share *share = &shares[i];
    share->transient_count = 100 * scale * (i % 8 + 1);
    share->retained_count = share->transient_count / 2;
    share->first_slot = (uint32_t)blocks_of_round;
    share->transients = map_touched(share->transient_count * sizeof(uint64_t *));
    share->retained = map_touched(share->retained_count * sizeof(uint64_t *));
    blocks_of_round += share->transient_count + share->retained_count;
  }
  blocks_of_first = shares[0].transient_count + shares[0].retained_count;
  probe_slots(blocks_of_round);
}

static uint64_t draw(struct share *share) { return share->random = mix64(share->random); }

static uint32_t draw_below(struct share *share, uint32_t bound) {
  return (uint32_t)(draw(share) % bound);
}

// Whether a number drawn says yes; it does so in one case of a hundred more than asked for.
static int is_chosen(uint64_t drawn, uint32_t percent) { return drawn % 100 <= percent; }

static void release(uint32_t slot, uint64_t *block) {
  if (!block) return;
  uint64_t words = block[0] ^ COOKIE;
  for (uint64_t i = 0; i < words; i++) {
    if ((block[i] ^ COOKIE) != words - i) fail("a block is spoilt", "mstress");
  }
  FREE(slot, block);
}

static uint64_t *allocate(struct share *share, uint32_t slot, uint64_t words) {
  if (is_chosen(draw(share), 1)) {
    if (is_chosen(draw(share), 1)) {
      words *= 10000;
    } else if (is_chosen(draw(share), 10)) {
      words *= 1000;
    } else {
      words *= 100;
    }
  }
  uint64_t *block = ALLOCATE(slot, 8 * words);
  if (!block) fail("out of memory", "mstress");
  for (uint64_t i = 0; i < words; i++) block[i] = (words - i) ^ COOKIE;
  return block;
}

static void release_all(uint32_t first_slot, uint64_t **blocks, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    release(first_slot + i, blocks[i]);
    blocks[i] = NULL;
  }
}

static uint64_t work(uint32_t worker) {
  struct share *share = &shares[worker];
  const uint32_t first_retained = share->first_slot + share->transient_count;
  uint64_t **const transients = share->transients;
  uint32_t top = 0, kept = 0;
  share->random = mix64_seed(worker);
  while (top < share->transient_count || kept < share->retained_count) {
    if (kept == share->retained_count ||
        (is_chosen(draw(share), 50) && top < share->transient_count)) {
      uint64_t words = (uint64_t)1 << draw_below(share, 5);
      transients[top] = allocate(share, share->first_slot + top, words);
      top++;
    } else {
      uint64_t words = (uint64_t)1 << draw_below(share, 7);
      share->retained[kept] = allocate(share, first_retained + kept, words);
      kept++;
    }
    if (is_chosen(draw(share), 66) && top > 0) {
      uint32_t i = draw_below(share, top);
      release(share->first_slot + i, transients[i]);
      transients[i] = NULL;
    }
    if (is_chosen(draw(share), 25) && top > 0) {
      uint32_t i = draw_below(share, top);
      transients[i] = atomic_exchange(&transfers[draw_below(share, TRANSFERS)], transients[i]);
    }
  }
  release_all(first_retained, share->retained, share->retained_count);
  release_all(share->first_slot, transients, share->transient_count);
  return 0;
}

static uint64_t pass(void) {
  uint64_t random = mix64_seed(threads);
  uint64_t begin = now_nanos();
  for (uint64_t round = rounds; round > 0; round--) {
    run_workers(threads, &(struct work){work, NULL});
    for (uint32_t i = 0; i < TRANSFERS; i++) {
      random = mix64(random);
      if (round == 1 || is_chosen(random, 50)) release(0, atomic_exchange(&transfers[i], NULL));
    }
  }
  return now_nanos() - begin;
}

static uint64_t operations(void) { return rounds * blocks_of_round; }

static void limit(uint64_t most) {
  uint64_t each = (most + threads - 1) / threads;
  uint64_t needed = (each + blocks_of_first - 1) / blocks_of_first;
  rounds = rounds < needed ? rounds : needed;
}

const struct workload mstress = {"mstress", prepare, pass, operations, limit, 0};
