// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// replay: the allocation calls of a real program, folded to one thread. Reads the packed file that
// Trace.java writes: event count and slot count (u64 each), one u64 an event (op in bits 0..2, slot
// in 3..31, size in 32..63), one u32 an event (realloc: the old size; aligned: log2 of the
// alignment). Touches nothing itself. Twin of TraceReplay.java.

#include "harness.h"

enum { MALLOC = 1, RELEASE = 2, CALLOC = 3, REALLOC = 4, ALIGNED = 5 };

static uint64_t event_count, slot_count;
static const uint64_t *events;
static const uint32_t *extras;
static void **slots;

static void prepare(char **arguments, int count) {
  (void)count;
  size_t length;
  const uint64_t *words = map_file(arguments[0], &length);
  event_count = words[0];
  slot_count = words[1];
  events = words + 2;
  extras = (const uint32_t *)(events + event_count);
  slots = map_touched(slot_count * sizeof(void *));
  probe_slots(slot_count);
}

static void play(uint64_t count) {
  void **const blocks = slots;
  for (uint64_t n = 0; n < count; n++) {
    uint64_t event = events[n];
    uint32_t slot = (uint32_t)event >> 3;
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
        blocks[slot] = ALLOCATE_ALIGNED(slot, size, (size_t)1 << extras[n]);
        break;
    }
  }
}

static uint64_t pass(void) {
  uint64_t start = now_nanos();
  play(event_count);
  uint64_t nanos = now_nanos() - start;
  for (uint64_t slot = 0; slot < slot_count; slot++) {
    if (slots[slot]) {
      FREE((uint32_t)slot, slots[slot]);
      slots[slot] = NULL;
    }
  }
  return nanos;
}

static uint64_t operations(void) { return event_count; }

static void limit(uint64_t most) { event_count = event_count < most ? event_count : most; }

const struct workload replay = {"replay", prepare, pass, operations, limit, 1000000000};
