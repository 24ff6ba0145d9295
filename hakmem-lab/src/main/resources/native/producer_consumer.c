// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// producer-consumer: one thread allocates, another frees, whole batches of addresses at a time. A
// workload of our own: every free is remote. Twin of ProducerConsumer.java.

#include "batch_ring.h"
#include "workers.h"

static uint64_t batches;
static uint32_t batch_size, seed;
static struct batch_ring ring;

static void prepare(char **arguments, int count) {
  (void)count;
  batches = number_argument(arguments[0]);
  batch_size = (uint32_t)number_argument(arguments[1]);
  seed = (uint32_t)number_argument(arguments[2]);
  ring_make(&ring, batch_size);
  probe_slots((size_t)RING_BATCHES * batch_size);
}

static void *produce(void *unused) {
  thread_begin();
  uint32_t r = seed;
  for (uint64_t n = 0; n < batches; n++) {
    void **batch = ring_await_room(&ring, n);
    uint32_t first = ring_first(&ring, n);
    for (uint32_t i = 0; i < batch_size; i++) {
      r = next_random(r);
      char *block = ALLOCATE(first + i, 16 + (r & 511));
      if (!block) fail("out of memory", "producer-consumer");
      block[0] = (char)r;
      batch[i] = block;
    }
    ring_produced(&ring, n);
  }
  thread_end();
  return unused;
}

static void *consume(void *unused) {
  thread_begin();
  for (uint64_t n = 0; n < batches; n++) {
    if (in_step) {  // not before the ring is full
      uint64_t last = n + RING_BATCHES < batches ? n + RING_BATCHES : batches;
      ring_await_batch(&ring, last - 1);
    }
    void **batch = ring_await_batch(&ring, n);
    uint32_t first = ring_first(&ring, n);
    for (uint32_t i = 0; i < batch_size; i++) FREE(first + i, batch[i]);
    ring_consumed(&ring, n);
  }
  thread_end();
  return unused;
}

static uint64_t pass(void) {
  ring_clear(&ring);
  pthread_t producer, consumer;
  uint64_t start = now_nanos();
  start_thread(&producer, produce, NULL);
  start_thread(&consumer, consume, NULL);
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
