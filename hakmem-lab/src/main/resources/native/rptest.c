// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// rptest: blocks of mixed sizes and alignments, a byte of every page touched; every other loop a
// batch of them goes to the next thread, which frees it. From rpmalloc's benchmark, as mimalloc-bench
// runs it. Twin of Rptest.java and RptestTables.java.

#include <math.h>

#include "workers.h"

#define TABLE 2000
#define SEED 42
#define PAGE 4096
#define ALLOCATION_STEP 7
#define FREE_STEP 11
#define START_STEP 397

struct batch {
  struct batch *next;
  char **blocks;
  uint32_t size;
};

struct share {
  _Alignas(128) _Atomic(struct batch *) foreign;
  _Alignas(128) char **blocks;
  struct batch *batches;
  uint32_t start, first_slot, size_index, allocation_slot, free_slot;
};

static const uint32_t alignments[] = {0, 8, 16};
static uint32_t threads, cross, loops, block_count, sizes[TABLE], allocations[TABLE];
static struct share *shares;

static void fill_tables(uint64_t size_mode, uint32_t min, uint32_t max, uint32_t operations) {
  uint32_t random = SEED, even[TABLE];
  for (int i = 0; i < TABLE; i++) {
    random = next_random(random);
    even[i] = min + random % (max - min + 1);
    random = next_random(random);
    allocations[i] = operations * (30 + random % 70) / 100;
    if (!allocations[i]) allocations[i] = 1;
  }
  double range = max > min ? max - min : 1;
  for (int i = 0; i < TABLE; i++) {
    double weight = 1 - (even[i] - min) / range;
    double next = 1 - (even[(i + 1) % TABLE] - min) / range;
    uint32_t base = even[(i + 2) % TABLE];
    sizes[i] = size_mode == 0   ? even[i]
               : size_mode == 1 ? min + (uint32_t)(base * fabs(weight + next - 1))
                                : min + (uint32_t)(base * (weight * next));
  }
}

static uint32_t allocations_of(const struct share *share, uint32_t loop) {
  return allocations[(share->start + loop) % TABLE];
}

static void prepare(char **arguments, int count) {
  (void)count;
  threads = threads_argument(arguments[0]);
  cross = (uint32_t)number_argument(arguments[3]);
  loops = (uint32_t)number_argument(arguments[4]);
  block_count = (uint32_t)number_argument(arguments[5]);
  fill_tables(number_argument(arguments[2]), (uint32_t)number_argument(arguments[7]),
              (uint32_t)number_argument(arguments[8]), (uint32_t)number_argument(arguments[6]));
  quota.operations = UINT64_MAX;
  shares = map_touched(threads * sizeof *shares);
  const uint32_t batches = threads > 1 ? loops / cross : 0;
  for (uint32_t i = 0; i < threads; i++) {
    struct share *share = &shares[i];
    share->start = i * START_STEP % TABLE;
    share->first_slot = i * block_count;
    share->blocks = map_touched(block_count * sizeof(char *));
    share->batches = map_touched((batches + 1) * sizeof(struct batch));
    size_t blocks = 0;
    for (uint32_t n = 0; n < batches; n++) {
      blocks += share->batches[n].size = allocations_of(share, (n + 1) * cross - 1);
    }
    char **room = map_touched((blocks + 1) * sizeof(char *));
    for (uint32_t n = 0; n < batches; n++) {
      share->batches[n].blocks = room;
      room += share->batches[n].size;
    }
  }
  probe_slots(threads * block_count);
}

static void release(struct share *share, uint32_t slot) {
  if (share->blocks[slot]) FREE(share->first_slot + slot, share->blocks[slot]);
  share->blocks[slot] = NULL;
}

static void visit(struct share *share, uint32_t count) {
  for (uint32_t n = 0; n < count; n++) {
    release(share, share->free_slot);
    share->free_slot = (share->free_slot + FREE_STEP) % block_count;
  }
}

static void free_foreign(struct share *share, struct batch *received) {
  for (struct batch *batch = received; batch; batch = batch->next) {
    for (uint32_t n = 0; n < batch->size; n++) FREE(share->first_slot, batch->blocks[n]);
  }
}

static char *allocate_one(struct share *share, uint32_t slot, uint32_t n) {
  uint32_t size = sizes[share->size_index];
  share->size_index = share->size_index + 1 == TABLE ? 0 : share->size_index + 1;
  uint32_t alignment = size < PAGE ? alignments[n % 3] : 0;
  char *block = alignment ? ALLOCATE_ALIGNED(slot, size, alignment) : ALLOCATE(slot, size);
  if (!block) fail("out of memory", "rptest");
  *(uint32_t *)block = size;
  for (uint32_t offset = PAGE; offset < size; offset += PAGE) block[offset] = (char)size;
  block[size - 1] = (char)size;
  return block;
}

static void allocate(struct share *share, uint32_t count) {
  for (uint32_t n = 0; n < count; n++) {
    uint32_t slot = share->allocation_slot;
    release(share, slot);
    share->blocks[slot] = allocate_one(share, share->first_slot + slot, n);
    share->allocation_slot = (slot + ALLOCATION_STEP) % block_count;
  }
}

static void send(struct share *share, struct batch *batch, _Atomic(struct batch *) *next) {
  for (uint32_t n = 0; n < batch->size; n++) {
    batch->blocks[n] = allocate_one(share, share->first_slot, n);
  }
  batch->next = atomic_load(next);
  while (!atomic_compare_exchange_weak(next, &batch->next, batch)) continue;
}

static uint64_t work(uint32_t worker) {
  struct share *share = &shares[worker];
  struct batch *batch = share->batches;
  uint64_t done = 0;
  share->size_index = share->start;
  share->allocation_slot = share->free_slot = 0;
  for (uint32_t loop = 0; loop < loops && quota_goes_on(done); loop++) {
    uint32_t count = allocations_of(share, loop);
    struct batch *received = atomic_exchange(&share->foreign, NULL);
    visit(share, count * 4 / 5);
    free_foreign(share, received);
    allocate(share, count);
    done += count;
    if (threads > 1 && (loop + 1) % cross == 0) {
      send(share, batch++, &shares[(worker + 1) % threads].foreign);
      done += count;
    }
  }
  for (uint32_t i = 0; i < block_count; i++) release(share, i);
  return done;
}

static uint64_t pass(void) {
  uint64_t nanos = run_workers(threads, &(struct work){work, NULL});
  for (uint32_t i = 0; i < threads; i++) {
    free_foreign(&shares[i], atomic_exchange(&shares[i].foreign, NULL));
  }
  return nanos;
}

static void limit(uint64_t most) { limit_quota(most, threads); }

const struct workload rptest = {"rptest", prepare, pass, operations_of_workers, limit, 0};
