// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// The threads of a pass and how much they do. Twin of Workers.java and Quota.java.

#ifndef HAKMEM_LAB_WORKERS_H
#define HAKMEM_LAB_WORKERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "harness.h"

#define MAX_THREADS 256                    // that can be asked for
#define MAX_WORKERS (2 * MAX_THREADS + 1)  // that a recipe makes of them
#define QUOTA_PIECE 1000

// What each thread of a pass does: operations by number, or what fits into a time.
struct quota {
  uint64_t operations;
  uint64_t nanos;  // 0: not limited by time
  _Alignas(128) atomic_int over;
};
extern struct quota quota;

static inline int quota_is_over(void) {
  return atomic_load_explicit(&quota.over, memory_order_relaxed);
}

// Whether a thread that has done so many operations does more.
static inline int quota_goes_on(uint64_t done) {
  return done < quota.operations && !quota_is_over();
}

// Operations of its next piece; 0 if it has done enough.
static inline uint64_t quota_piece(uint64_t done) {
  if (!quota_goes_on(done)) return 0;
  uint64_t left = quota.operations - done;
  return left < QUOTA_PIECE ? left : QUOTA_PIECE;
}

// Makes it the first operations, shared by so many threads.
void limit_quota(uint64_t operations, uint32_t threads);

// Makes it what fits into so many seconds.
void seconds_argument(const char *text);

// What each worker does.
struct work {
  // Does a worker's work on a thread of its own; returns the operations done.
  uint64_t (*body)(uint32_t worker);
  // Asked afterwards: whether a new thread takes this worker over; NULL: no.
  int (*is_relieved)(uint32_t worker);
};

// Runs workers; returns the nanoseconds from when all stand ready until the last has ended.
uint64_t run_workers(uint32_t count, const struct work *work);

// Operations of all workers of the last pass.
uint64_t operations_of_workers(void);

uint32_t threads_argument(const char *text);
void start_thread(pthread_t *thread, void *(*body)(void *), void *argument);

#endif
