// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// sh6-like: falling sizes, the small ones more often, into a buffer whose blocks are freed partly in
// order and partly in reverse. Written from a description of MicroQuill's SmartHeap benchmark 6,
// without its source. Twin of Sh6Like.java.

#include "sliding_window.h"
#include "workers.h"

#define LARGEST_BASE 1000

static uint32_t threads;
static struct window *windows;

static uint32_t next_base(uint32_t base) { return base * 3 / 2 + 1; }

static uint32_t repetitions(uint32_t size) { return size < 100 ? 250 : 50; }

static uint64_t round_length(void) {
  uint64_t length = 0;
  for (uint32_t base = 1; base < LARGEST_BASE; base = next_base(base)) {
    for (uint32_t size = base; size > 0; size /= 2) length += repetitions(size);
  }
  return length;
}

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  uint32_t slots = (uint32_t)number_argument(arguments[1]);
  quota.operations = number_argument(arguments[2]) * round_length();
  windows = split_windows(slots, threads);
  probe_slots(slots);
}

static uint64_t work(uint32_t worker) {
  struct window *window = &windows[worker];
  uint64_t done = 0;
  for (; quota_goes_on(done); done += round_length()) {
    for (uint32_t base = 1; base < LARGEST_BASE; base = next_base(base)) {
      for (uint32_t size = base; size > 0; size /= 2) {
        for (uint32_t n = repetitions(size); n > 0; n--) window_allocate(window, size);
      }
    }
  }
  window_clear(window);
  return done;
}

static uint64_t pass(void) { return run_workers(threads, &(struct work){work, NULL}); }

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload sh6_like = {"sh6-like", prepare, pass, operations_of_workers, limit, 0};
