// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// sh8-like: sizes of a histogram into a buffer whose blocks are freed partly in order and partly in
// reverse; meanwhile one thread more allocates small blocks, which the others free. Written from a
// description of MicroQuill's SmartHeap benchmark 8, without its source. Twin of Sh8Like.java.

#include "batch_ring.h"
#include "sliding_window.h"
#include "workers.h"

#define FOREIGN_SIZE 8
#define FOREIGN_BATCH 1000
#define DRAWS 7321

static const struct {
  uint32_t size, weight;
} histogram[] = {{8, 1000},  {16, 5000}, {48, 1000}, {72, 100}, {148, 100},  {200, 100},
                 {520, 10},  {1056, 5},  {4096, 3},  {9162, 1}, {34562, 1}, {168524, 1}};

static uint32_t threads, slots, size_of_draw[DRAWS];
static uint64_t foreign, own;
static struct window *windows;
static struct batch_ring *rings;

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  slots = (uint32_t)number_argument(arguments[1]);
  foreign = number_argument(arguments[3]);
  own = number_argument(arguments[2]) * number_argument(arguments[4]);
  quota.operations = own / threads;
  uint32_t draw = 0;
  for (size_t i = 0; i < sizeof histogram / sizeof *histogram; i++) {
    for (uint32_t n = histogram[i].weight; n > 0; n--) size_of_draw[draw++] = histogram[i].size;
  }
  windows = split_windows(slots, threads);
  rings = map_touched(threads * sizeof *rings);
  for (uint32_t i = 0; i < threads; i++) ring_make(&rings[i], FOREIGN_BATCH);
  probe_slots(slots + threads * RING_BATCHES * FOREIGN_BATCH);
}

// Batches that each worker gets.
static uint64_t foreign_batches(void) {
  uint64_t divisor = own * FOREIGN_BATCH;
  return (quota.operations * foreign + divisor - 1) / divisor;
}

static uint32_t foreign_slot(uint32_t worker, uint64_t n) {
  return slots + worker * RING_BATCHES * FOREIGN_BATCH + ring_first(&rings[worker], n);
}

static uint64_t allocate_foreign(void) {
  const uint64_t batches = foreign_batches();
  for (uint64_t n = 0; n < batches; n++) {
    for (uint32_t worker = 0; worker < threads; worker++) {
      void **batch = ring_await_room(&rings[worker], n);
      uint32_t slot = foreign_slot(worker, n);
      for (uint32_t i = 0; i < FOREIGN_BATCH; i++) batch[i] = ALLOCATE(slot + i, FOREIGN_SIZE);
      ring_produced(&rings[worker], n);
    }
  }
  return batches * FOREIGN_BATCH * threads;
}

static void free_foreign(uint32_t worker, uint64_t n) {
  void **batch = ring_await_batch(&rings[worker], n);
  uint32_t slot = foreign_slot(worker, n);
  for (uint32_t i = 0; i < FOREIGN_BATCH; i++) FREE(slot + i, batch[i]);
  ring_consumed(&rings[worker], n);
}

static uint64_t work(uint32_t worker) {
  if (worker == threads) return allocate_foreign();
  struct window *window = &windows[worker];
  const uint64_t batches = foreign_batches();
  uint64_t done = 0, freed = 0;
  uint32_t random = worker + 1;
  for (uint64_t count; (count = quota_piece(done)); done += count) {
    for (uint64_t n = 0; n < count; n++) {
      random = next_random(random);
      window_allocate(window, size_of_draw[random % DRAWS]);
    }
    while (freed < batches && ring_has_batch(&rings[worker], freed)) free_foreign(worker, freed++);
  }
  while (freed < batches) free_foreign(worker, freed++);
  window_clear(window);
  return done;
}

static uint64_t pass(void) {
  for (uint32_t i = 0; i < threads; i++) ring_clear(&rings[i]);
  return run_workers(threads + 1, &(struct work){work, NULL});
}

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload sh8_like = {"sh8-like", prepare, pass, operations_of_workers, limit, 0};
