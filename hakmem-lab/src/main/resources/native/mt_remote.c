// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// mt-remote: a random slot of each thread is filled or emptied; of what is emptied a part is sent to
// the next thread, which frees it. Nothing is touched. From bench_random_mixed_mt_remote of hakozuna,
// the original system's successor. Twin of MtRemote.java and AddressRing.java.

#include "workers.h"

#define SEED 0x12345678u
#define SEED_STEP 977

// Blocks on their way from one thread to the next; the sender looks at the receiver's counter only
// when the ring seems full.
struct ring {
  _Alignas(128) atomic_uint_fast64_t sent;
  uint64_t seen;  // of received, by the sender
  _Alignas(128) atomic_uint_fast64_t received;
  _Alignas(128) void **blocks;
};

static uint32_t threads, slots, min_size, spread, remote_percent, capacity;
static void ***blocks;  // by thread
static struct ring *rings;  // from the thread before that of the same number

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  quota.operations = number_argument(arguments[1]);
  slots = (uint32_t)number_argument(arguments[2]);
  min_size = (uint32_t)number_argument(arguments[3]);
  spread = (uint32_t)number_argument(arguments[4]) - min_size + 1;
  remote_percent = (uint32_t)number_argument(arguments[5]);
  capacity = (uint32_t)number_argument(arguments[6]);
  blocks = map_touched(threads * sizeof *blocks);
  rings = map_touched(threads * sizeof *rings);
  for (uint32_t i = 0; i < threads; i++) {
    blocks[i] = map_touched(slots * sizeof(void *));
    rings[i].blocks = map_touched(capacity * sizeof(void *));
  }
  probe_slots(threads * slots);
}

static inline int offer(struct ring *ring, void *block) {
  uint64_t n = atomic_load_explicit(&ring->sent, memory_order_relaxed);
  if (n - ring->seen == capacity) {
    ring->seen = atomic_load_explicit(&ring->received, memory_order_acquire);
    if (n - ring->seen == capacity) return 0;
  }
  ring->blocks[n & (capacity - 1)] = block;
  atomic_store_explicit(&ring->sent, n + 1, memory_order_release);
  return 1;
}

// Frees all that has arrived; on its way a block has no slot.
static inline uint64_t drain(struct ring *ring) {
  uint64_t from = atomic_load_explicit(&ring->received, memory_order_relaxed);
  uint64_t to = atomic_load_explicit(&ring->sent, memory_order_acquire);
  for (uint64_t n = from; n < to; n++) FREE(0, ring->blocks[n & (capacity - 1)]);
  if (from < to) atomic_store_explicit(&ring->received, to, memory_order_release);
  return to - from;
}

static inline uint32_t next(uint32_t state) { return state * 1664525 + 1013904223; }

static uint64_t work(uint32_t worker) {
  void **const own = blocks[worker];
  struct ring *const inbound = &rings[worker], *const outbound = &rings[(worker + 1) % threads];
  const uint32_t first_slot = worker * slots;
  const int sends = threads > 1;
  uint32_t r = SEED + SEED_STEP * worker;
  uint64_t done = 0, received = 0;
  for (uint64_t count; (count = quota_piece(done)); done += count) {
    for (uint64_t n = 0; n < count; n++) {
      received += drain(inbound);
      r = next(r);
      uint32_t slot = r % slots;
      r = next(r);
      uint32_t size = min_size + r % spread;
      void *block = own[slot];
      if (!block) {
        own[slot] = ALLOCATE(first_slot + slot, size);
        if (!own[slot]) fail("out of memory", "mt-remote");
        continue;
      }
      if (sends) r = next(r);
      if (!(sends && r % 100 < remote_percent && offer(outbound, block))) {
        FREE(first_slot + slot, block);
      }
      own[slot] = NULL;
    }
  }
  return done + received + drain(inbound);
}

static uint64_t pass(void) {
  uint64_t nanos = run_workers(threads, &(struct work){work, NULL});
  for (uint32_t i = 0; i < threads; i++) {
    drain(&rings[i]);
    for (uint32_t slot = 0; slot < slots; slot++) {
      if (blocks[i][slot]) FREE(i * slots + slot, blocks[i][slot]);
      blocks[i][slot] = NULL;
    }
  }
  return nanos;
}

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload mt_remote = {"mt-remote", prepare, pass, operations_of_workers, limit, 0};
