// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// mleak: threads come and go, ten at a time; each leaves one block behind, which a later thread
// frees. From the leak test of mimalloc-bench. Twin of Mleak.java.

#include "workers.h"

#define ROUNDS 100
#define THREADS 10
#define TRANSFERS 1000
#define BLOCK_BYTES 128

static uint64_t rounds;
static _Atomic(void *) transfers[TRANSFERS];

static void prepare(char **arguments, int count) {
  (void)count;
  rounds = number_argument(arguments[0]) * ROUNDS;
  probe_slots(TRANSFERS);
}

static void *live(void *seed) {
  thread_begin();
  uint32_t slot = (uint32_t)(mix64((uint64_t)seed) % TRANSFERS);
  void *block = ALLOCATE_ZEROED(slot, BLOCK_BYTES);
  if (!block) fail("out of memory", "mleak");
  block = atomic_exchange(&transfers[slot], block);
  if (block) FREE(slot, block);
  thread_end();
  return NULL;
}

static uint64_t pass(void) {
  pthread_t threads[THREADS];
  uint64_t begin = now_nanos();
  for (uint64_t round = 0; round < rounds; round++) {
    for (uint64_t i = 0; i < THREADS; i++) {
      start_thread(&threads[i], live, (void *)mix64_seed(round * THREADS + i));
    }
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  }
  for (uint32_t slot = 0; slot < TRANSFERS; slot++) {
    void *block = atomic_exchange(&transfers[slot], NULL);
    if (block) FREE(slot, block);
  }
  return now_nanos() - begin;
}

static uint64_t operations(void) { return rounds * THREADS; }

static void limit(uint64_t most) {
  uint64_t needed = (most + THREADS - 1) / THREADS;
  rounds = rounds < needed ? rounds : needed;
}

const struct workload mleak = {"mleak", prepare, pass, operations, limit, 0};
