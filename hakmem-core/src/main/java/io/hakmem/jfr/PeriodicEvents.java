// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** The types of the events that sum up a period; who knows the statistics fills them. */
public final class PeriodicEvents {

  private PeriodicEvents() {}

  /** Where memory is at this moment. */
  @Name("io.hakmem.Memory")
  @Label("Memory")
  @Description("Where hakmem's memory is at this moment")
  @Category("hakmem")
  @StackTrace(false)
  @Period("10 s")
  public static final class Memory extends Event {
    @Label("Allocated")
    @Description("In live blocks")
    @DataAmount
    public long allocated;

    @Label("Cached")
    @Description("In free blocks of threads' caches and depots")
    @DataAmount
    public long cached;

    @Label("Stranded")
    @Description("In free blocks that only their owner threads can take")
    @DataAmount
    public long stranded;

    @Label("Committed")
    @Description("Physical memory in use at most")
    @DataAmount
    public long committed;

    @Label("Limit")
    @Description("The hard limit; 2^63 - 1 for none")
    @DataAmount
    public long limit;

    @Label("Metadata")
    @DataAmount
    public long metadata;
  }

  /** What all threads' caches did since the last such event. */
  @Name("io.hakmem.CacheActivity")
  @Label("Cache Activity")
  @Description("What threads' caches did since the event before")
  @Category("hakmem")
  @StackTrace(false)
  @Period("10 s")
  public static final class CacheActivity extends Event {
    @Label("Hits")
    @Description("Requests that a thread's cache served at once")
    public long hits;

    @Label("Misses")
    @Description("Requests that found it empty")
    public long misses;

    @Label("Refills")
    @Description("Batches that caches fetched")
    public long refills;

    @Label("Drains")
    @Description("Times that caches returned what they did not need")
    public long drains;

    @Label("Remote Frees")
    @Description("Blocks freed by threads that do not own their slab")
    public long remoteFrees;

    @Label("Refaults")
    @Description("Pages charged again after they had gone back to the system")
    public long refaults;
  }

  /** What one size class did since the last such event; none for a class that nobody asked for. */
  @Name("io.hakmem.SizeClassActivity")
  @Label("Size Class Activity")
  @Description("What one size class did since the event before, and what it holds")
  @Category("hakmem")
  @StackTrace(false)
  @Period("10 s")
  public static final class SizeClassActivity extends Event {
    @Label("Block Size")
    @DataAmount
    public int blockSize;

    @Label("Hits")
    public long hits;

    @Label("Misses")
    public long misses;

    @Label("Live Blocks")
    public long liveBlocks;

    @Label("Cached Blocks")
    public long cachedBlocks;

    @Label("Slabs")
    public int slabs;
  }
}
