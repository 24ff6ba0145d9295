// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// replay: the allocation calls of a real program, folded to one thread. replay-threads: each on the
// thread that it has in the trace; it waits for the one before it on the same slot. Reads the packed
// file that Trace.java writes: event count, slot count and thread count (u64 each), one u64 an event
// (op in bits 0..2, slot in 3..31, size in 32..63), one u32 an event (realloc: the old size; aligned:
// log2 of the alignment), one u8 an event (the thread). Touches nothing itself. Twin of
// TraceReplay.java and ThreadedReplay.java.

#include "batch_ring.h"
#include "workers.h"

#define LEAST_NANOS 1000000000

enum { MALLOC = 1, RELEASE = 2, CALLOC = 3, REALLOC = 4, ALIGNED = 5 };

static uint64_t event_count, slot_count, thread_count;
static const uint64_t *events;
static const uint32_t *extras;
static const uint8_t *threads;
static void **slots;

static void prepare(char **arguments, int count) {
  (void)count;
  size_t length;
  const uint64_t *words = map_file(arguments[0], &length);
  event_count = words[0];
  slot_count = words[1];
  thread_count = words[2];
  events = words + 3;
  extras = (const uint32_t *)(events + event_count);
  threads = (const uint8_t *)(extras + event_count);
  slots = map_touched(slot_count * sizeof(void *));
  probe_slots(slot_count);
}

static inline uint32_t slot_of(uint64_t event) { return (uint32_t)event >> 3; }

static inline void play(uint64_t event, uint32_t extra, void **blocks) {
  uint32_t slot = slot_of(event);
  size_t size = event >> 32;
  switch (event & 7) {
    case MALLOC:
      blocks[slot] = ALLOCATE(slot, size);
      break;
    case RELEASE:
      FREE(slot, blocks[slot]);
      blocks[slot] = NULL;
      break;
    case CALLOC:
      blocks[slot] = ALLOCATE_ZEROED(slot, size);
      break;
    case REALLOC:
      blocks[slot] = REALLOCATE(slot, blocks[slot], size);
      break;
    case ALIGNED:
      blocks[slot] = ALLOCATE_ALIGNED(slot, size, (size_t)1 << extra);
      break;
  }
}

static void free_all(void) {
  for (uint64_t slot = 0; slot < slot_count; slot++) {
    if (slots[slot]) {
      FREE((uint32_t)slot, slots[slot]);
      slots[slot] = NULL;
    }
  }
}

static uint64_t pass(void) {
  void **const blocks = slots;
  uint64_t start = now_nanos();
  for (uint64_t n = 0; n < event_count; n++) play(events[n], extras[n], blocks);
  uint64_t nanos = now_nanos() - start;
  free_all();
  return nanos;
}

static uint64_t operations(void) { return event_count; }

static void limit(uint64_t most) { event_count = event_count < most ? event_count : most; }

const struct workload replay = {"replay", prepare, pass, operations, limit, LEAST_NANOS};

// The events of one thread, in its order; `before` says how many are before it on the slot.
static struct share {
  uint64_t *events;
  uint32_t *extras, *before;
  uint64_t length;
} *shares;
static atomic_uint *counts;  // by slot: the events that it has seen

// Before the first pass: the limit is known then.
static void share_out(void) {
  uint32_t *seen = map_touched(slot_count * sizeof *seen);
  shares = map_touched(thread_count * sizeof *shares);
  counts = map_touched(slot_count * sizeof *counts);
  for (uint64_t n = 0; n < event_count; n++) shares[threads[n]].length++;
  for (uint64_t i = 0; i < thread_count; i++) {
    size_t room = shares[i].length + 1;
    shares[i] = (struct share){map_touched(room * sizeof(uint64_t)),
                               map_touched(room * sizeof(uint32_t)),
                               map_touched(room * sizeof(uint32_t)), 0};
  }
  for (uint64_t n = 0; n < event_count; n++) {
    struct share *share = &shares[threads[n]];
    share->events[share->length] = events[n];
    share->extras[share->length] = extras[n];
    share->before[share->length++] = seen[slot_of(events[n])]++;
  }
}

static uint64_t play_share(uint32_t worker) {
  const struct share share = shares[worker];
  void **const blocks = slots;
  for (uint64_t n = 0; n < share.length; n++) {
    atomic_uint *count = &counts[slot_of(share.events[n])];
    uint32_t before = share.before[n];
    for (int spins = 0; atomic_load_explicit(count, memory_order_acquire) != before; spins++) {
      if (spins < RING_SPINS) {
        relax();
      } else {
        sched_yield();
      }
    }
    play(share.events[n], share.extras[n], blocks);
    atomic_store_explicit(count, before + 1, memory_order_release);
  }
  return share.length;
}

static uint64_t pass_of_threads(void) {
  if (!shares) share_out();
  for (uint64_t slot = 0; slot < slot_count; slot++) atomic_store(&counts[slot], 0);
  uint64_t nanos = run_workers((uint32_t)thread_count, &(struct work){play_share, NULL});
  free_all();
  return nanos;
}

static void prepare_threads(char **arguments, int count) {
  prepare(arguments, count);
  quota.operations = event_count;
}

const struct workload replay_threads = {
    "replay-threads", prepare_threads, pass_of_threads, operations, limit, LEAST_NANOS};
