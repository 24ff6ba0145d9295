// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.Hakmem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What an address is: a live block of each tier, and an address that is none. */
@State(Scope.Thread)
public class LookUp {
  private static final long FOREIGN = 1 << 20;

  @Param({"64", "8192", "65536", "4194304"})
  private long size;

  private long block;

  /** Allocates the block to be looked up. */
  @Setup
  public void allocate() {
    block = Hakmem.allocate(size);
  }

  @TearDown
  public void free() {
    Hakmem.free(block);
  }

  @Benchmark
  public long usableSize() {
    return Hakmem.usableSize(block);
  }

  /** Of a live block. */
  @Benchmark
  public boolean owns() {
    return Hakmem.owns(block);
  }

  /** Of memory that is not hakmem's. */
  @Benchmark
  public boolean ownsForeign() {
    return Hakmem.owns(FOREIGN + size);
  }
}
