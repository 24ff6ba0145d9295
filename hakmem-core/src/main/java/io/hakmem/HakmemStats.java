// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What the allocator did since its start and what it holds now. Counts of running threads are
 * collected when they are read: exact while these rest, else a few operations old.
 *
 * @param sizeClasses one entry for each size class, smallest first
 * @param refills batches that threads' caches fetched
 * @param drains times that threads' caches returned what they did not need
 * @param remoteFrees blocks freed by a thread whose cache does not own their slab
 * @param droppedBlocks blocks that came up twice, the trace of two frees that raced
 * @param capacityGrowths times that {@code hakmem.ace} let a thread's cache hold more of a class
 * @param capacityShrinks times that {@code hakmem.ace} let a thread's cache hold less of a class
 * @param allocatedBytes bytes in live blocks, rounded up to their classes or pages
 * @param cachedBytes bytes of free blocks in threads' caches and in the depots
 * @param committedBytes physical memory in use at most: charged before it can be touched
 * @param peakCommittedBytes the most that {@code committedBytes} ever was
 * @param limitBytes the hard limit; {@link Long#MAX_VALUE} for none
 * @param containerLimitBytes most memory that the process's cgroup (version 2) allows it, of every
 *     kind, at this moment; {@link Long#MAX_VALUE} for no such limit
 * @param reservedBytes address space reserved, blocks and maps
 * @param metadataBytes bytes of maps off heap and of structures on the Java heap
 * @param heapMetadataBytes the part of {@code metadataBytes} on the Java heap
 * @param strandedBytes bytes of free blocks that only their owner threads can take
 * @param refaults pages that were charged again after they had gone back to the system
 * @param os where memory comes from: {@code linux} or {@code portable}
 * @param account where {@code committedBytes} are
 * @param osCalls calls of the operating system by kind
 * @param mappings the allocator's own address ranges, to be found in {@code /proc/self/smaps}
 */
public record HakmemStats(
    List<SizeClassStats> sizeClasses,
    long refills,
    long drains,
    long remoteFrees,
    long droppedBlocks,
    long capacityGrowths,
    long capacityShrinks,
    long allocatedBytes,
    long cachedBytes,
    long committedBytes,
    long peakCommittedBytes,
    long limitBytes,
    long containerLimitBytes,
    long reservedBytes,
    long metadataBytes,
    long heapMetadataBytes,
    long strandedBytes,
    long refaults,
    String os,
    Account account,
    Map<String, Long> osCalls,
    List<Mapping> mappings) {

  /**
   * One size class.
   *
   * @param blockBytes size of its blocks
   * @param requests blocks handed out
   * @param misses requests that found the thread's cache empty
   * @param slabs slabs
   * @param slabBytes physical memory of the slabs at most, charged like {@code committedBytes}
   * @param liveBlocks blocks in the program's hands
   * @param quarantinedBlocks freed blocks in the quarantine of the hardened mode
   * @param cachedBlocks free blocks in threads' caches and in the depot
   * @param freeBlocks free blocks in the slabs, of those whose memory is charged
   */
  public record SizeClassStats(
      int blockBytes,
      long requests,
      long misses,
      int slabs,
      long slabBytes,
      long liveBlocks,
      long quarantinedBlocks,
      long cachedBlocks,
      long freeBlocks) {

    /** Requests served from the thread's cache at once. */
    public long hits() {
      return Math.max(requests - misses, 0);
    }
  }

  /**
   * Where the committed bytes are. While no thread allocates or frees, and nothing is purged in the
   * background, the parts add up to {@code committedBytes} exactly; {@link
   * io.hakmem.verify.HeapVerifier} holds them to it.
   *
   * @param allocatedBytes live blocks, rounded up to their classes or pages
   * @param quarantinedBytes freed blocks in the quarantine of the hardened mode; of those above 32
   *     KiB the memory went back, but for the account they still have it
   * @param frontCacheBytes free blocks in threads' caches
   * @param depotBytes free blocks in depots, between the caches and the slabs
   * @param freeInSlabsBytes free blocks in their slabs, of those whose pages are all charged
   * @param slabRestBytes the rest of the slabs' charged pages: too short for a block, or parts of
   *     blocks of which other pages are not charged
   * @param freePagesBytes pages and slices without a block that did not go back to the system yet,
   *     and what huge blocks are rounded up by from pages to slices
   * @param liveMapBytes pages of the map that says which tiny blocks are live
   * @param cacheAreaBytes the stacks of threads' caches
   * @param guardBytes pages for blocks that are samples, see {@link HakmemGuards}, used or not; the
   *     blocks count here only
   */
  public record Account(
      long allocatedBytes,
      long quarantinedBytes,
      long frontCacheBytes,
      long depotBytes,
      long freeInSlabsBytes,
      long slabRestBytes,
      long freePagesBytes,
      long liveMapBytes,
      long cacheAreaBytes,
      long guardBytes) {

    /** The sum of all parts. */
    public long sum() {
      return allocatedBytes
          + quarantinedBytes
          + frontCacheBytes
          + depotBytes
          + freeInSlabsBytes
          + slabRestBytes
          + freePagesBytes
          + liveMapBytes
          + cacheAreaBytes
          + guardBytes;
    }
  }

  /**
   * A range of address space that belongs to the allocator.
   *
   * @param name what it holds
   * @param address first byte
   * @param byteSize length in bytes
   */
  public record Mapping(String name, long address, long byteSize) {}

  /** Requests by block size in bytes, classes that were used only. */
  public SequencedMap<Integer, Long> requestsByClass() {
    TreeMap<Integer, Long> requests = new TreeMap<>();
    for (SizeClassStats each : sizeClasses) {
      if (each.requests() > 0) {
        requests.put(each.blockBytes(), each.requests());
      }
    }
    return requests;
  }

  /** Requests served from a thread's cache at once. */
  public long hits() {
    return sizeClasses.stream().mapToLong(SizeClassStats::hits).sum();
  }

  /** Requests that found a thread's cache empty. */
  public long misses() {
    return sizeClasses.stream().mapToLong(SizeClassStats::misses).sum();
  }
}
