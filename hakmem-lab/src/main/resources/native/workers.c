// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// The threads of a pass: they stand ready before the clock starts. Twin of Workers.java and
// Quota.java.

#include "workers.h"

#include <errno.h>
#include <semaphore.h>
#include <time.h>

struct quota quota;

struct worker {
  const struct work *work;
  uint32_t index;
  int relieves;           // takes over from an earlier thread
  pthread_t thread;       // the newest
  pthread_t predecessor;  // which the newest joins
  uint64_t operations;
};

static struct worker workers[MAX_WORKERS];
static pthread_barrier_t start;
static sem_t done;
static uint64_t operations;

void start_thread(pthread_t *thread, void *(*body)(void *), void *argument) {
  if (pthread_create(thread, NULL, body, argument)) fail("cannot start a thread", "harness");
}

static void *run(void *argument) {
  struct worker *self = argument;
  thread_begin();
  if (self->relieves) {
    pthread_join(self->predecessor, NULL);
  } else {
    pthread_barrier_wait(&start);
  }
  self->operations += self->work->body(self->index);
  if (self->work->is_relieved && self->work->is_relieved(self->index)) {
    self->relieves = 1;
    self->predecessor = pthread_self();
    thread_end();
    start_thread(&self->thread, run, self);
  } else {
    thread_end();
    sem_post(&done);
  }
  return NULL;
}

static void await_end_of_time(void) {
  struct timespec left = {(time_t)(quota.nanos / 1000000000), (long)(quota.nanos % 1000000000)};
  while (nanosleep(&left, &left) && errno == EINTR) continue;
  if (quota.nanos) atomic_store_explicit(&quota.over, 1, memory_order_relaxed);
}

uint64_t run_workers(uint32_t count, const struct work *work) {
  if (count > MAX_WORKERS) fail("too many threads", "harness");
  atomic_store_explicit(&quota.over, 0, memory_order_relaxed);
  pthread_barrier_init(&start, NULL, count + 1);
  sem_init(&done, 0, 0);
  for (uint32_t i = 0; i < count; i++) {
    workers[i] = (struct worker){.work = work, .index = i};
    start_thread(&workers[i].thread, run, &workers[i]);
  }
  pthread_barrier_wait(&start);
  uint64_t begin = now_nanos();
  await_end_of_time();
  for (uint32_t i = 0; i < count; i++) {
    while (sem_wait(&done) && errno == EINTR) continue;
  }
  operations = 0;
  for (uint32_t i = 0; i < count; i++) {
    pthread_join(workers[i].thread, NULL);
    operations += workers[i].operations;
  }
  uint64_t nanos = now_nanos() - begin;
  sem_destroy(&done);
  pthread_barrier_destroy(&start);
  return nanos;
}

uint64_t operations_of_workers(void) { return operations; }

void limit_quota(uint64_t most, uint32_t threads) {
  uint64_t each = (most + threads - 1) / threads;
  if (quota.operations > each) quota.operations = each;
  quota.nanos = 0;
}

uint32_t threads_argument(const char *text) {
  uint64_t threads = number_argument(text);
  if (threads < 1 || threads > MAX_THREADS) fail("no such number of threads", text);
  return (uint32_t)threads;
}

void seconds_argument(const char *text) {
  char *end;
  double seconds = strtod(text, &end);
  if (end == text || *end) fail("not a number", text);
  quota.nanos = (uint64_t)(seconds * 1e9);
  quota.operations = UINT64_MAX;
}
