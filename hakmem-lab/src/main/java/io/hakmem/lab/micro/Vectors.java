// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.arrow.HakmemAllocationManager;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.netty.NettyAllocationManager;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Fill a vector of Arrow's and clear it, in hakmem's memory and in that of Arrow's module for
 * Netty's pools. These make garbage: Arrow makes objects for each buffer.
 */
@State(Scope.Thread)
@Fork(jvmArgsAppend = "--add-opens=java.base/java.nio=ALL-UNNAMED") // as Arrow asks
public class Vectors {
  private static final byte[] WORD = "off-heap".getBytes(StandardCharsets.US_ASCII);

  /** Bytes of data in the vector. */
  @Param({"1024", "65536"})
  private int size;

  private final BufferAllocator hakmem = root(HakmemAllocationManager.FACTORY);
  private final BufferAllocator netty = root(NettyAllocationManager.FACTORY);

  private static BufferAllocator root(AllocationManager.Factory factory) {
    return new RootAllocator(
        RootAllocator.configBuilder().allocationManagerFactory(factory).build());
  }

  /** Whatever was not given back fails the run. */
  @TearDown
  public void close() {
    hakmem.close();
    netty.close();
  }

  /** Numbers, of which the vector knows how many there will be. */
  @Benchmark
  public int ints() {
    return fillInts(hakmem);
  }

  /** The same in Netty's pools. */
  @Benchmark
  public int intsOfArrowNetty() {
    return fillInts(netty);
  }

  /** Texts, for which it grows by doubling. */
  @Benchmark
  public int texts() {
    return fillTexts(hakmem);
  }

  /** The same in Netty's pools. */
  @Benchmark
  public int textsOfArrowNetty() {
    return fillTexts(netty);
  }

  private int fillInts(BufferAllocator allocator) {
    int count = size / Integer.BYTES;
    IntVector vector = new IntVector("ints", allocator);
    vector.allocateNew(count);
    for (int i = 0; i < count; i++) {
      vector.set(i, i);
    }
    vector.setValueCount(count);
    int last = vector.get(count - 1);
    vector.clear();
    return last;
  }

  private int fillTexts(BufferAllocator allocator) {
    int count = size / WORD.length;
    VarCharVector vector = new VarCharVector("texts", allocator);
    vector.allocateNew(WORD.length, 1);
    for (int i = 0; i < count; i++) {
      vector.setSafe(i, WORD);
    }
    vector.setValueCount(count);
    int length = vector.getValueLength(count - 1);
    vector.clear();
    return length;
  }
}
