// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// xmalloc-test: producers allocate, consumers free; the batches in which blocks change hands are
// blocks too. From the test of Lever and Boreham's paper of 2000, as mimalloc-bench runs it. Twin of
// XmallocTest.java.

#include <string.h>

#include "lran2.h"
#include "workers.h"

#define BATCH 4096
#define TOUCHED_BYTES 128
#define MOST_WAITING 100

struct record {
  void *link;  // nobody needs it here
  void *objects[BATCH];
};

static const uint32_t sizes[] = {8,   12,  16,  24,  32,  48,   64,   96,  128,
                                 192, 256, 384, 512, 768, 1024, 1536, 2048};
static uint32_t threads;
static int64_t size;  // -1: random

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static struct record *records[MOST_WAITING + MAX_WORKERS];
static uint32_t waiting, active;

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  seconds_argument(arguments[1]);
  size = strtoll(arguments[2], NULL, 10);
  probe_slots(BATCH + 1);
}

static void *allocate(uint32_t slot, size_t bytes) {
  void *block = ALLOCATE(slot, bytes);
  if (!block) fail("out of memory", "xmalloc-test");
  return block;
}

static void release(struct record *record) {
  for (uint32_t i = 0; i < BATCH; i++) FREE(i, record->objects[i]);
  FREE(BATCH, record);
}

static void push(struct record *record) {
  pthread_mutex_lock(&lock);
  while (waiting >= MOST_WAITING && !quota_is_over()) pthread_cond_wait(&not_full, &lock);
  records[waiting++] = record;
  pthread_cond_signal(&not_empty);
  pthread_mutex_unlock(&lock);
}

static struct record *poll_newest(void) { return waiting ? records[--waiting] : NULL; }

static struct record *pop(void) {
  struct record *record = NULL;
  pthread_mutex_lock(&lock);
  while (!waiting && active && !quota_is_over()) pthread_cond_wait(&not_empty, &lock);
  if (quota_is_over()) {
    pthread_cond_broadcast(&not_full);
  } else {
    record = poll_newest();
    pthread_cond_signal(&not_full);
  }
  pthread_mutex_unlock(&lock);
  return record;
}

static void produce(uint32_t worker) {
  struct lran2 random;
  lran2_seed(&random, worker);
  for (uint64_t done = 0; quota_goes_on(done); done += BATCH) {
    struct record *record = allocate(BATCH, sizeof *record);
    record->link = NULL;
    for (uint32_t i = 0; i < BATCH; i++) {
      size_t bytes = size < 0 ? sizes[lran2_next(&random) % (sizeof sizes / sizeof *sizes)]
                              : (size_t)size;
      void *block = allocate(i, bytes);
      memset(block, (int)i, bytes < TOUCHED_BYTES ? bytes : TOUCHED_BYTES);
      record->objects[i] = block;
    }
    push(record);
  }
  pthread_mutex_lock(&lock);
  active--;
  pthread_cond_broadcast(&not_empty);
  pthread_mutex_unlock(&lock);
}

static uint64_t consume(void) {
  uint64_t done = 0;
  for (struct record *record; (record = pop()); done += BATCH) release(record);
  return done;
}

static uint64_t work(uint32_t worker) {
  if (worker >= threads) return consume();
  produce(worker);
  return 0;
}

static uint64_t pass(void) {
  active = threads;
  uint64_t nanos = run_workers(2 * threads, &(struct work){work, NULL});
  for (struct record *record; (record = poll_newest());) release(record);
  return nanos;
}

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload xmalloc_test = {
    "xmalloc-test", prepare, pass, operations_of_workers, limit, 0};
