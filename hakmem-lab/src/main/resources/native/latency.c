// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Times each call. Nothing here allocates, and recording lies outside of what is timed. The
// histograms have the shape of HdrHistogram's with two significant digits, so that Latencies.java
// reads them as they are:
//
//   value     0 ... 255   256 ... 511   512 ... 1023   ...
//   width     1           2             4                     128 counts each, of the first 256

#include <pthread.h>
#include <stdio.h>

#include "harness.h"

#define HALF_BITS 7
#define HALF (1 << HALF_BITS)
#define BUCKETS 29                            // up to 68 s
#define COUNTS ((BUCKETS + 1) * HALF)
#define MOST (((uint64_t)2 * HALF << (BUCKETS - 1)) - 1)
#define CLOCK_PAIRS 1000000

enum call { ALLOCATION, RELEASE, CALLS };

struct histograms {
  uint64_t counts[CALLS][COUNTS];
  struct histograms *next;       // of all there are
  struct histograms *next_free;  // of those whose thread has ended: the next thread goes on in them
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct histograms *all, *unowned;
static _Thread_local struct histograms *own;

static size_t index_of(uint64_t value) {
  if (value > MOST) value = MOST;
  unsigned bucket = 63 - HALF_BITS - (unsigned)__builtin_clzll(value | (2 * HALF - 1));
  return ((size_t)bucket << HALF_BITS) + (size_t)(value >> bucket);
}

// The least value that is counted at an index.
static uint64_t value_at(size_t index) {
  if (index < 2 * HALF) return index;
  unsigned bucket = (unsigned)(index >> HALF_BITS) - 1;
  return (uint64_t)((index & (HALF - 1)) + HALF) << bucket;
}

static void verify_buckets(void) {
  for (uint64_t value = 0; value < MOST; value += value / 100 + 1) {
    size_t index = index_of(value);
    if (value_at(index) > value || (index + 1 < COUNTS && value_at(index + 1) <= value)) {
      fail("a value is counted in a wrong bucket", "latency");
    }
  }
}

static void take_histograms(void) {
  pthread_mutex_lock(&lock);
  own = unowned;
  if (own) {
    unowned = own->next_free;
  } else {
    own = map_touched(sizeof *own);
    own->next = all;
    all = own;
  }
  pthread_mutex_unlock(&lock);
}

void latency_thread_end(void) {
  if (!own) return;
  pthread_mutex_lock(&lock);
  own->next_free = unowned;
  unowned = own;
  pthread_mutex_unlock(&lock);
  own = NULL;
}

static void record(enum call call, uint64_t nanos) {
  if (!own) take_histograms();
  own->counts[call][index_of(nanos)]++;
}

void *latency_allocate(size_t size) {
  uint64_t start = now_nanos();
  void *block = allocator.allocate(size);
  record(ALLOCATION, now_nanos() - start);
  return block;
}

void *latency_allocate_zeroed(size_t size) {
  uint64_t start = now_nanos();
  void *block = allocator.allocate_zeroed(1, size);
  record(ALLOCATION, now_nanos() - start);
  return block;
}

void *latency_reallocate(void *block, size_t size) {
  uint64_t start = now_nanos();
  void *moved = allocator.reallocate(block, size);
  record(ALLOCATION, now_nanos() - start);
  return moved;
}

void *latency_allocate_aligned(size_t size, size_t alignment) {
  void *block = NULL;
  uint64_t start = now_nanos();
  int error = allocator.allocate_aligned(&block, alignment, size);
  record(ALLOCATION, now_nanos() - start);
  return aligned_result(error, block);
}

void latency_free(void *block) {
  uint64_t start = now_nanos();
  allocator.free(block);
  record(RELEASE, now_nanos() - start);
}

// No other thread may be at work.
void latency_reset(void) {
  verify_buckets();
  for (struct histograms *one = all; one; one = one->next) {
    for (size_t i = 0; i < COUNTS; i++) one->counts[ALLOCATION][i] = one->counts[RELEASE][i] = 0;
  }
}

static void print(const char *key, const uint64_t *counts) {
  const char *separator = "";
  printf(" %s=", key);
  for (size_t i = 0; i < COUNTS; i++) {
    if (!counts[i]) continue;
    printf("%s%llu:%llu", separator, (unsigned long long)value_at(i), (unsigned long long)counts[i]);
    separator = ",";
  }
}

static void print_sum(const char *key, enum call call) {
  static uint64_t sum[COUNTS];
  for (size_t i = 0; i < COUNTS; i++) {
    sum[i] = 0;
    for (struct histograms *one = all; one; one = one->next) sum[i] += one->counts[call][i];
  }
  print(key, sum);
}

// What a call that does nothing would be told to take.
static void print_clock(void) {
  static uint64_t counts[COUNTS];
  for (int i = 0; i < CLOCK_PAIRS; i++) {
    uint64_t start = now_nanos();
    counts[index_of(now_nanos() - start)]++;
  }
  print("clockLatency", counts);
}

// The end of the result line.
void latency_print(void) {
  print_sum("allocateLatency", ALLOCATION);
  print_sum("freeLatency", RELEASE);
  print_clock();
}
