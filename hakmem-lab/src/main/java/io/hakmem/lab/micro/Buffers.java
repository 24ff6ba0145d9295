// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import io.hakmem.netty.HakmemByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Release a direct buffer of Netty's and allocate another one of another size, 128 being live: in
 * hakmem's memory and by Netty's own allocators, as fast as these can be made. Sizes from 1 byte to
 * 32 KiB, half of them below 30 bytes. A buffer of hakmem's is an object each time.
 */
@State(Scope.Thread)
@Fork(
    jvmArgsAppend = {
      "-Dio.netty.noUnsafe=false",
      "-Dio.netty.leakDetection.level=disabled",
      "-Dio.netty.maxDirectMemory=" + Long.MAX_VALUE,
      "-Dio.netty.allocator.useCacheForAllThreads=true",
      "-Dio.netty.allocator.useCachedMagazinesForNonEventLoopThreads=true"
    })
public class Buffers {
  private static final int LIVE = 128;
  private static final int STEPS = 4096;
  private static final int MIN_BOUND = 16;
  private static final int DOUBLINGS = 12;

  private final ByteBuf[] live = new ByteBuf[LIVE];
  private final int[] slots = new int[STEPS];
  private final int[] sizes = new int[STEPS];
  private int step;

  /** Draws sizes and order, the same ones for everybody. */
  public Buffers() {
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < STEPS; i++) {
      slots[i] = random.nextInt(LIVE);
      int most = 1 + random.nextInt(DOUBLINGS); // twice drawn, so that small ones are the most
      sizes[i] = 1 + random.nextInt(MIN_BOUND << random.nextInt(most));
    }
  }

  /** hakmem's adapter. */
  @Benchmark
  public ByteBuf hakmem() {
    return replaceOne(HakmemByteBufAllocator.DEFAULT);
  }

  /** Netty's default. */
  @Benchmark
  public ByteBuf adaptive() {
    return replaceOne(Netty.ADAPTIVE);
  }

  /** The default before it. */
  @Benchmark
  public ByteBuf pooled() {
    return replaceOne(PooledByteBufAllocator.DEFAULT);
  }

  private ByteBuf replaceOne(ByteBufAllocator allocator) {
    step = (step + 1) & (STEPS - 1);
    int slot = slots[step];
    ByteBuf old = live[slot];
    if (old != null) {
      old.release();
    }
    ByteBuf buffer = allocator.directBuffer(sizes[step]);
    live[slot] = buffer;
    return buffer;
  }

  /** Releases what is live. */
  @TearDown
  public void close() {
    for (ByteBuf buffer : live) {
      if (buffer != null) {
        buffer.release();
      }
    }
  }

  /** Apart: a program uses one of these allocators only. */
  private static final class Netty {
    static final ByteBufAllocator ADAPTIVE = new AdaptiveByteBufAllocator(true, true);

    private Netty() {}
  }
}
