// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Hands whole arrays of addresses from one producer to one consumer; the arrays are re-used. Twin of
// BatchRing.java.

#ifndef HAKMEM_LAB_BATCH_RING_H
#define HAKMEM_LAB_BATCH_RING_H

#include <sched.h>
#include <stdatomic.h>

#include "harness.h"

#define RING_BATCHES 16
#define RING_SPINS 1000

// Each counter has one writer; two cache lines apart, so that neighbour-line prefetch cannot
// couple them.
struct batch_ring {
  _Alignas(128) atomic_uint_fast64_t produced;
  _Alignas(128) atomic_uint_fast64_t consumed;
  _Alignas(128) void **blocks;  // RING_BATCHES arrays
  uint32_t batch_size;
};

static inline void ring_make(struct batch_ring *ring, uint32_t batch_size) {
  ring->batch_size = batch_size;
  ring->blocks = map_touched(RING_BATCHES * (size_t)batch_size * sizeof(void *));
}

static inline void ring_clear(struct batch_ring *ring) {
  atomic_store(&ring->produced, 0);
  atomic_store(&ring->consumed, 0);
}

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// Waits until the counter has reached a value; the acquire makes the other side's batch visible.
static inline void ring_await(atomic_uint_fast64_t *counter, uint64_t value) {
  for (int spins = 0; atomic_load_explicit(counter, memory_order_acquire) < value;) {
    if (++spins < RING_SPINS) {
      relax();
    } else {
      sched_yield();
    }
  }
}

// Index of the n-th batch's first block; the array is the same for every 16th batch.
static inline uint32_t ring_first(const struct batch_ring *ring, uint64_t n) {
  return (uint32_t)(n % RING_BATCHES) * ring->batch_size;
}

// Producer only: waits for room and returns the array of the n-th batch, to be filled.
static inline void **ring_await_room(struct batch_ring *ring, uint64_t n) {
  ring_await(&ring->consumed, n < RING_BATCHES ? 0 : n - RING_BATCHES + 1);
  return ring->blocks + ring_first(ring, n);
}

static inline void ring_produced(struct batch_ring *ring, uint64_t n) {
  atomic_store_explicit(&ring->produced, n + 1, memory_order_release);
}

static inline int ring_has_batch(struct batch_ring *ring, uint64_t n) {
  return atomic_load_explicit(&ring->produced, memory_order_acquire) > n;
}

// Consumer only: waits for the n-th batch.
static inline void **ring_await_batch(struct batch_ring *ring, uint64_t n) {
  ring_await(&ring->produced, n + 1);
  return ring->blocks + ring_first(ring, n);
}

static inline void ring_consumed(struct batch_ring *ring, uint64_t n) {
  atomic_store_explicit(&ring->consumed, n + 1, memory_order_release);
}

#endif
