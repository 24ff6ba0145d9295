// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.Hakmem;
import io.hakmem.HakmemHandle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Allocate and free one block of a size that has a class. */
@State(Scope.Thread)
public class Pair {
  @Param({"16", "256", "1024", "8192", "32768"})
  private long size;

  @SuppressWarnings("NullAway.Init") // JMH calls open first
  private HakmemHandle handle;

  /** Of the benchmark's thread. */
  @Setup
  public void open() {
    handle = Hakmem.handle();
  }

  /** By the static methods. */
  @Benchmark
  public void statics() {
    Hakmem.free(Hakmem.allocate(size));
  }

  /** By the handle. */
  @Benchmark
  public void handle() {
    handle.free(handle.allocate(size));
  }
}
