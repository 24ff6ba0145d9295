// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.Hakmem;
import io.hakmem.HakmemArena;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Memory with an object in front of it: these make garbage. */
@State(Scope.Thread)
public class View {
  @Param({"16", "1024"})
  private long size;

  @Benchmark
  public void segment(Blackhole sink) {
    MemorySegment segment = Hakmem.allocateSegment(size);
    sink.consume(segment);
    Hakmem.free(segment);
  }

  @Benchmark
  public void buffer(Blackhole sink) {
    ByteBuffer buffer = Hakmem.allocateBuffer((int) size);
    sink.consume(buffer);
    Hakmem.free(buffer);
  }

  /** One allocation in an arena of its own. */
  @Benchmark
  public void arena(Blackhole sink) {
    try (Arena arena = HakmemArena.ofConfined()) {
      sink.consume(arena.allocate(size));
    }
  }

  /** The same by the JDK. */
  @Benchmark
  public void arenaOfTheJdk(Blackhole sink) {
    try (Arena arena = Arena.ofConfined()) {
      sink.consume(arena.allocate(size));
    }
  }
}
