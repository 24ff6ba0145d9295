// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// glibc-simple: batches of small blocks of one size, written, then freed half in order and half in
// reverse; by the main thread, by another one, by the main thread again. From bench-malloc-simple of
// the GNU C library. Twin of GlibcSimple.java.

#include <string.h>

#include "workers.h"

#define LARGEST_BATCH 1600
#define PARTS 3

static const uint32_t sizes[] = {16, 32, 64}, batches[] = {25, 100, 400, LARGEST_BATCH};
#define SIZES (sizeof sizes / sizeof *sizes)
#define BATCHES (sizeof batches / sizeof *batches)

static uint64_t iterations;
static void **blocks;

static void prepare(char **arguments, int count) {
  (void)count;
  iterations = number_argument(arguments[0]);
  blocks = map_touched(LARGEST_BATCH * sizeof(void *));
  probe_slots(LARGEST_BATCH);
}

static void run_batch(uint32_t size, uint32_t batch) {
  for (uint32_t i = 0; i < batch; i++) {
    blocks[i] = ALLOCATE(i, size);
    if (!blocks[i]) fail("out of memory", "glibc-simple");
    memset(blocks[i], (int)i, size);
  }
  for (uint32_t i = 0; i < batch / 2; i++) FREE(i, blocks[i]);
  for (uint32_t i = batch; i-- > batch / 2;) FREE(i, blocks[i]);
}

static void run_part(void) {
  for (size_t i = 0; i < SIZES; i++) {
    for (size_t j = 0; j < BATCHES; j++) {
      for (uint64_t n = iterations / batches[j]; n > 0; n--) run_batch(sizes[i], batches[j]);
    }
  }
}

static void *run_part_of_thread(void *unused) {
  thread_begin();
  run_part();
  thread_end();
  return unused;
}

static uint64_t pass(void) {
  pthread_t other;
  uint64_t begin = now_nanos();
  run_part();
  start_thread(&other, run_part_of_thread, NULL);
  pthread_join(other, NULL);
  run_part();
  return now_nanos() - begin;
}

static uint64_t operations(void) {
  uint64_t of_one_size = 0;
  for (size_t j = 0; j < BATCHES; j++) of_one_size += iterations / batches[j] * batches[j];
  return PARTS * SIZES * of_one_size;
}

static void limit(uint64_t most) {
  const uint64_t runs = PARTS * SIZES * BATCHES;
  uint64_t each = (most + runs - 1) / runs;
  if (each < LARGEST_BATCH) each = LARGEST_BATCH;
  iterations = iterations < each ? iterations : each;
}

const struct workload glibc_simple = {"glibc-simple", prepare, pass, operations, limit, 0};
