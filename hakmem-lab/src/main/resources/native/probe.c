// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Counts what a workload asks for, and measures memory: blocks are touched over their whole length
// and the process is looked at when the most is live. Nothing here allocates. Where one thread
// allocates and another frees, each total still has one writer; what is live then means nothing.

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"

struct probe_counts probe_counts;

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
    memset(block, FILL, size);
    if (!sample_at) return block;  // threads may be at work: no counts
  }
  struct probe_counts *counts = &probe_counts;
  counts->allocations++;
  counts->requested_bytes += size;
  counts->large_requests += size >= 1024;
  counts->live_bytes += size - old_size;
  if (counts->live_blocks > counts->peak_blocks) counts->peak_blocks = counts->live_blocks;
  if (counts->live_bytes > counts->peak_bytes) counts->peak_bytes = counts->live_bytes;
  if (counts->allocations == sample_at) {
    counts->committed_at_peak = resident_bytes() - resident_before;
  }
  return block;
}

static void *new_block(uint32_t slot, void *block, size_t size) {
  if (!touching || sample_at) probe_counts.live_blocks++;
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
  if (!touching || sample_at) {
    probe_counts.frees++;
    probe_counts.live_blocks--;
    probe_counts.live_bytes -= sizes[slot];
  }
  allocator.free(block);
}
