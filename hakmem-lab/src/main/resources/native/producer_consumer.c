// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// producer-consumer: one thread allocates, another frees, whole batches of addresses at a time. A
// workload of our own: every free is remote. Twin of ProducerConsumer.java.

#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>

#include "harness.h"

#define RING_BATCHES 16
#define SPINS 1000

static uint64_t batches;
static uint32_t batch_size, seed;
static void **ring;  // RING_BATCHES arrays of batch_size addresses

// Each counter has one writer; two cache lines apart, so that neighbour-line prefetch cannot
// couple them.
static struct {
  alignas(128) atomic_uint_fast64_t produced;
  alignas(128) atomic_uint_fast64_t consumed;
} counters;

static void prepare(char **arguments, int count) {
  (void)count;
  batches = number_argument(arguments[0]);
  batch_size = (uint32_t)number_argument(arguments[1]);
  seed = (uint32_t)number_argument(arguments[2]);
  size_t slot_count = (size_t)RING_BATCHES * batch_size;
  ring = map_touched(slot_count * sizeof(void *));
  probe_slots(slot_count);
}

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// Waits until the counter has reached a value; the acquire makes the other side's batch visible.
static void await(atomic_uint_fast64_t *counter, uint64_t value) {
  for (int spins = 0; atomic_load_explicit(counter, memory_order_acquire) < value;) {
    if (++spins < SPINS) {
      relax();
    } else {
      sched_yield();
    }
  }
}

static void *produce(void *unused) {
  thread_begin();
  uint32_t r = seed;
  for (uint64_t n = 0; n < batches; n++) {
    await(&counters.consumed, n < RING_BATCHES ? 0 : n - RING_BATCHES + 1);
    uint32_t first = (uint32_t)(n % RING_BATCHES) * batch_size;
    for (uint32_t slot = first; slot < first + batch_size; slot++) {
      r = next_random(r);
      char *block = ALLOCATE(slot, 16 + (r & 511));
      if (!block) fail("out of memory", "producer-consumer");
      block[0] = (char)r;
      ring[slot] = block;
    }
    atomic_store_explicit(&counters.produced, n + 1, memory_order_release);
  }
  thread_end();
  return unused;
}

static void *consume(void *unused) {
  thread_begin();
  for (uint64_t n = 0; n < batches; n++) {
    await(&counters.produced, n + 1);
    uint32_t first = (uint32_t)(n % RING_BATCHES) * batch_size;
    for (uint32_t slot = first; slot < first + batch_size; slot++) {
      FREE(slot, ring[slot]);
    }
    atomic_store_explicit(&counters.consumed, n + 1, memory_order_release);
  }
  thread_end();
  return unused;
}

static uint64_t pass(void) {
  atomic_store(&counters.produced, 0);
  atomic_store(&counters.consumed, 0);
  pthread_t producer, consumer;
  uint64_t start = now_nanos();
  if (pthread_create(&producer, NULL, produce, NULL)) fail("cannot start a thread", "producer");
  if (pthread_create(&consumer, NULL, consume, NULL)) fail("cannot start a thread", "consumer");
  pthread_join(producer, NULL);
  pthread_join(consumer, NULL);
  return now_nanos() - start;
}

static uint64_t operations(void) { return batches * batch_size; }

static void limit(uint64_t most) {
  uint64_t needed = (most + batch_size - 1) / batch_size;
  batches = batches < needed ? batches : needed;
}

const struct workload producer_consumer = {
    "producer-consumer", prepare, pass, operations, limit, 0};
