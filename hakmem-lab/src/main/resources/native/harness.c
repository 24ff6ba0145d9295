// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Native twin of the laboratory's child process:
//
//   [--library PATH PREFIX] timed MILLIS | cold | latency | count N | memory N   WORKLOAD ARGUMENT...
//   identify [PATH]
//
// Prints one line, "result key=value ...". PATH "null" is the null allocator.

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define COLD_OPERATIONS 500000
#define FIRST_PAIR_BYTES 64

static const struct workload *const workloads[] = {
    &random_mixed, &pair, &producer_consumer, &tiny_hot, &xmalloc_test, &larson, &sh6_like,
    &sh8_like, &mleak, &alloc_test, &mt_remote, &cache_scratch, &cache_thrash, &mstress, &rptest,
    &glibc_simple, &glibc_thread, &malloc_large, &mid_large_mt, &comprehensive, &cfrac, &arena, &burst_idle,
    &keep_one_in_20, &huge_realloc, &replay, &replay_threads};

int in_step;

static struct {
  const char *key;
  uint64_t value;
} reported[32];
static size_t reported_count;

uint64_t now_nanos(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

_Noreturn void fail(const char *message, const char *detail) {
  fprintf(stderr, "%s: %s\n", message, detail);
  exit(1);
}

uint64_t number_argument(const char *text) {
  char *end;
  uint64_t value = strtoull(text, &end, 10);
  if (end == text || *end) fail("not a number", text);
  return value;
}

void *map_touched(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) fail("cannot map memory", "harness");
  return memory;
}

const void *map_file(const char *path, size_t *length) {
  struct stat status;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &status)) fail("cannot open", path);
  *length = (size_t)status.st_size;
  const void *contents = mmap(NULL, *length, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (contents == MAP_FAILED) fail("cannot map", path);
  close(file);
  return contents;
}

void report(const char *key, uint64_t value) {
  size_t i = 0;
  while (i < reported_count && strcmp(reported[i].key, key) != 0) i++;
  if (i == sizeof reported / sizeof *reported) fail("too many values", key);
  if (i == reported_count) reported_count++;
  reported[i].key = key;
  reported[i].value = value;
}

static void run_passes(const struct workload *workload, uint64_t least_nanos, uint64_t *nanos,
                       uint64_t *operations) {
  if (least_nanos < workload->least_nanos) least_nanos = workload->least_nanos;
  *nanos = 0;
  *operations = 0;
  do {
    *nanos += workload->pass();
    *operations += workload->operations();
  } while (*nanos < least_nanos);
}

static void run_timed(const struct workload *workload, uint64_t least_millis) {
  uint64_t nanos, operations;
  struct rusage before, after;
  run_passes(workload, 0, &nanos, &operations);
  getrusage(RUSAGE_SELF, &before);
  run_passes(workload, least_millis * 1000000, &nanos, &operations);
  getrusage(RUSAGE_SELF, &after);
  report("minorFaults", (uint64_t)(after.ru_minflt - before.ru_minflt));
  report("majorFaults", (uint64_t)(after.ru_majflt - before.ru_majflt));
  report("nanos", nanos);
  report("operations", operations);
}

static void run_latency(const struct workload *workload) {
  uint64_t nanos, operations;
  run_passes(workload, 0, &nanos, &operations);
  latency_reset();
  run_passes(workload, 0, &nanos, &operations);
}

static void run_cold(const struct workload *workload) {
  uint64_t start = now_nanos();
  char *block = ALLOCATE(0, FIRST_PAIR_BYTES);
  if (!block) fail("out of memory", "first pair");
  block[0] = 1;
  FREE(0, block);
  report("initNanos", now_nanos() - start);
  workload->limit(COLD_OPERATIONS);
  report("nanos", workload->pass());
  report("operations", workload->operations());
}

// Counts the pass, or its first operations.
static void run_count(const struct workload *workload, uint64_t operations) {
  if (operations) workload->limit(operations);
  workload->pass();
  probe_merge_counts();
  report("operations", workload->operations());
  report("allocations", probe_counts.allocations);
  report("frees", probe_counts.frees);
  report("requestedBytes", probe_counts.requested_bytes);
  report("largeRequests", probe_counts.large_requests);
  report("allocationOrder", probe_counts.allocation_order);
  report("freeOrder", probe_counts.free_order);
  report("peakLiveBlocks", probe_counts.peak_blocks);
  report("peakLiveBytes", probe_counts.peak_bytes);
}

static void sleep_until(uint64_t nanos) {
  struct timespec time = {(time_t)(nanos / 1000000000), (long)(nanos % 1000000000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL)) {
  }
}

static void run_idle(const struct idle *idle) {
  static char keys[sizeof idle->sample_millis / sizeof *idle->sample_millis][32];
  // What a library sets up at its first call is no growth by the burst.
  allocator.free(allocator.allocate(FIRST_PAIR_BYTES));
  uint64_t before = resident_bytes();
  idle->fill();
  report("burstGrowthBytes", resident_bytes() - before);
  report("freedBytes", idle->release());
  uint64_t released = now_nanos();
  for (size_t i = 0; idle->sample_millis[i]; i++) {
    sleep_until(released + idle->sample_millis[i] * 1000000ull);
    uint64_t now = resident_bytes();
    snprintf(keys[i], sizeof keys[i], "growthBytesAfter%u", idle->sample_millis[i]);
    report(keys[i], now < before ? 0 : now - before);  // less than before is no growth
  }
  idle->clear();
}

static void run_memory(const struct workload *workload, uint64_t allocation) {
  in_step = 1;
  probe_touch_and_sample_at(allocation);
  if (workload->idle) {
    run_idle(workload->idle);
  } else {
    workload->pass();
  }
  probe_merge_counts();
  if (allocation) report("committedBytes", probe_counts.committed_at_peak);
  report("peakRssKiB", peak_resident_kib());
}

int main(int count, char **arguments) {
  char **next = arguments + 1;
  if (count > 3 && strcmp(*next, "--library") == 0) {
    use_library(next[1], next[2]);
    next += 3;
  }
  const char *mode = *next ? *next++ : "";
  if (strcmp(mode, "identify") == 0) {
    identify(*next);
    return 0;
  }
  int has_number =
      strcmp(mode, "timed") == 0 || strcmp(mode, "memory") == 0 || strcmp(mode, "count") == 0;
  uint64_t number = has_number && *next ? number_argument(*next++) : 0;
  const struct workload *workload = NULL;
  for (size_t i = 0; *next && i < sizeof workloads / sizeof *workloads; i++) {
    if (strcmp(workloads[i]->name, *next) == 0) workload = workloads[i];
  }
  if (!workload) fail("no such workload", *next ? *next : "none given");
  next++;
  workload->prepare(next, (int)(arguments + count - next));
  if (strcmp(mode, "timed") == 0) {
    run_timed(workload, number);
  } else if (strcmp(mode, "cold") == 0) {
    run_cold(workload);
  } else if (strcmp(mode, "latency") == 0) {
    run_latency(workload);
  } else if (strcmp(mode, "count") == 0) {
    run_count(workload, number);
  } else if (strcmp(mode, "memory") == 0) {
    run_memory(workload, number);
  } else {
    fail("no such mode", mode);
  }
  printf("result");
  for (size_t i = 0; i < reported_count; i++) {
    printf(" %s=%llu", reported[i].key, (unsigned long long)reported[i].value);
  }
  if (strcmp(mode, "latency") == 0) latency_print();
  printf("\n");
  return 0;
}
