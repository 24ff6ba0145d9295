// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.Hakmem;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Allocate and free one block above the size classes, which objects on the Java heap describe. */
@State(Scope.Thread)
public class LargePair {
  @Param({"65536", "4194304"})
  private long size;

  /** The only block of its tier: what serves it is made and given up again. */
  @Benchmark
  public void statics() {
    Hakmem.free(Hakmem.allocate(size));
  }
}
