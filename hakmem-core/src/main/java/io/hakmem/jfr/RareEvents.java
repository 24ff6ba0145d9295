// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.jfr;

import java.util.List;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The types of the events that are committed when something happens. */
final class RareEvents {

  static final List<Class<? extends Event>> TYPES =
      List.of(
          SuperslabTaken.class,
          SuperslabReturned.class,
          Purge.class,
          LimitReached.class,
          LargeBlockAllocated.class,
          LargeBlockFreed.class,
          AllocationSample.class);

  private RareEvents() {}

  @Name("io.hakmem.SuperslabTaken")
  @Label("Superslab Taken")
  @Description("A free superslab of 2 MiB is used from now on")
  @Category("hakmem")
  @StackTrace(false)
  static final class SuperslabTaken extends Event {
    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Whole")
    @Description("For large blocks; else cut into slices for slabs")
    boolean whole;
  }

  @Name("io.hakmem.SuperslabReturned")
  @Label("Superslab Returned")
  @Description("A superslab of 2 MiB is free again; its memory goes back at a purge")
  @Category("hakmem")
  @StackTrace(false)
  static final class SuperslabReturned extends Event {
    @Label("Address")
    @MemoryAddress
    long address;
  }

  @Name("io.hakmem.Purge")
  @Label("Purge")
  @Description("Free memory went back to the operating system")
  @Category("hakmem")
  @StackTrace(false)
  static final class Purge extends Event {
    @Label("On Demand")
    @Description("The program or a request without memory asked for it; else in the background")
    boolean onDemand;

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Time Taken")
    @Timespan(Timespan.NANOSECONDS)
    long timeTaken;
  }

  @Name("io.hakmem.LimitReached")
  @Label("Limit Reached")
  @Description("A request found no memory until everything idle was purged, or not even then")
  @Category("hakmem")
  static final class LimitReached extends Event {
    @Label("Requested")
    @DataAmount
    long requested;

    @Label("Charged")
    @Description("Physical memory in use at most, when the request failed first")
    @DataAmount
    long charged;

    @Label("Limit")
    @Description("The hard limit; 2^63 - 1 for none: then the address space is used up")
    @DataAmount
    long limit;

    @Label("Served")
    @Description("The purge helped; else the program got an OutOfMemoryError or 0")
    boolean served;
  }

  @Name("io.hakmem.LargeBlockAllocated")
  @Label("Large Block Allocated")
  @Description("A block above 48 KiB was handed out, or a block that moved got this address")
  @Category("hakmem")
  @Enabled(false)
  static final class LargeBlockAllocated extends Event {
    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Size")
    @DataAmount
    long size;
  }

  @Name("io.hakmem.LargeBlockFreed")
  @Label("Large Block Freed")
  @Description("A block above 48 KiB was freed, or a block that moved left this address")
  @Category("hakmem")
  @Enabled(false)
  @StackTrace(false)
  static final class LargeBlockFreed extends Event {
    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Size")
    @Description("Rounded up to pages")
    @DataAmount
    long size;
  }

  @Name("io.hakmem.AllocationSample")
  @Label("Allocation Sample")
  @Description("An allocation, drawn by its bytes; while this is enabled, calls take slower ways")
  @Category("hakmem")
  @Enabled(false)
  static final class AllocationSample extends Event {
    @Label("Address")
    @MemoryAddress
    long address;

    @Label("Size")
    @DataAmount
    long size;

    @Label("Weight")
    @Description("For how many allocated bytes it stands")
    @DataAmount
    long weight;

    @Name("interval")
    @Label("Interval")
    @Description("Mean bytes between samples")
    @SettingDefinition
    boolean interval(SampleInterval ignored) {
      return true;
    }
  }
}
