// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Counts what a workload asks for, and measures memory: blocks are touched over their whole length
// and the process is looked at when the most is live. Nothing here allocates. Each thread has counts
// of its own, added up when it ends; what is live and the peaks mean something on one thread only.

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

struct probe_counts probe_counts;

static _Thread_local struct probe_counts own;
static pthread_mutex_t merging = PTHREAD_MUTEX_INITIALIZER;

static uint32_t *sizes;  // by slot
static int touching;
static uint64_t sample_at;
static uint64_t resident_before;

#define FILL 0x5A

// Value in KiB of a line of a /proc file, in bytes.
static uint64_t proc_bytes(const char *path, const char *key) {
  static char text[1 << 14];
  int file = open(path, O_RDONLY);
  if (file < 0) fail("cannot open", path);
  ssize_t length = 0, n;
  while ((n = read(file, text + length, sizeof text - 1 - (size_t)length)) > 0) length += n;
  close(file);
  text[length] = 0;
  char *line = strstr(text, key);
  if (!line) fail("no such line", key);
  return strtoull(line + strlen(key), NULL, 10) * 1024;
}

// smaps_rollup walks the page tables; the counters of statm may be off by some hundred KiB.
uint64_t resident_bytes(void) { return proc_bytes("/proc/self/smaps_rollup", "\nRss:"); }

uint64_t peak_resident_kib(void) { return proc_bytes("/proc/self/status", "\nVmHWM:") / 1024; }

// Called by each workload; costs the timed variants nothing.
void probe_slots(size_t slot_count) {
#ifdef PROBE
  sizes = map_touched(slot_count * sizeof *sizes);
#else
  (void)slot_count;
#endif
}

static void keep_larger(uint64_t *most, uint64_t value) {
  if (value > *most) *most = value;
}

// A checksum, the same as CountingSubject.java's.
static void add_in_order(uint64_t *sum, uint64_t value) { *sum = 31 * *sum + value; }

void probe_merge_counts(void) {
  pthread_mutex_lock(&merging);
  probe_counts.allocations += own.allocations;
  probe_counts.frees += own.frees;
  probe_counts.requested_bytes += own.requested_bytes;
  probe_counts.large_requests += own.large_requests;
  probe_counts.allocation_order += own.allocation_order;
  probe_counts.free_order += own.free_order;
  keep_larger(&probe_counts.peak_blocks, own.peak_blocks);
  keep_larger(&probe_counts.peak_bytes, own.peak_bytes);
  keep_larger(&probe_counts.committed_at_peak, own.committed_at_peak);
  pthread_mutex_unlock(&merging);
  own = (struct probe_counts){0};
}

// Allocation 0: touch only, for workloads whose peak is not determined.
void probe_touch_and_sample_at(uint64_t allocation) {
  touching = 1;
  sample_at = allocation;
  resident_before = resident_bytes();
}

static void *allocated(uint32_t slot, void *block, size_t size, size_t old_size) {
  if (!block) fail("out of memory", "probe");
  sizes[slot] = (uint32_t)size;
  if (touching) {
    // What a reallocation kept was touched before, at its old place if it moved.
    size_t kept = old_size < size ? old_size : size;
    memset((char *)block + kept, FILL, size - kept);
  }
  own.allocations++;
  own.requested_bytes += size;
  add_in_order(&own.allocation_order, slot);
  add_in_order(&own.allocation_order, size);
  own.large_requests += size >= 1024;
  own.live_bytes += size - old_size;
  keep_larger(&own.peak_blocks, own.live_blocks);
  keep_larger(&own.peak_bytes, own.live_bytes);
  if (own.allocations == sample_at) own.committed_at_peak = resident_bytes() - resident_before;
  return block;
}

static void *new_block(uint32_t slot, void *block, size_t size) {
  own.live_blocks++;
  return allocated(slot, block, size, 0);
}

void *probe_allocate(uint32_t slot, size_t size) {
  return new_block(slot, allocator.allocate(size), size);
}

void *probe_allocate_zeroed(uint32_t slot, size_t size) {
  return new_block(slot, allocator.allocate_zeroed(1, size), size);
}

void *probe_allocate_aligned(uint32_t slot, size_t size, size_t alignment) {
  void *block = NULL;
  int error = allocator.allocate_aligned(&block, alignment, size);
  return new_block(slot, aligned_result(error, block), size);
}

void *probe_reallocate(uint32_t slot, void *block, size_t size) {
  size_t old_size = sizes[slot];
  return allocated(slot, allocator.reallocate(block, size), size, old_size);
}

void probe_free(uint32_t slot, void *block) {
  own.frees++;
  add_in_order(&own.free_order, slot);
  own.live_blocks--;
  own.live_bytes -= sizes[slot];
  allocator.free(block);
}
