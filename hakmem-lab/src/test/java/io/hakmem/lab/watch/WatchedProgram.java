// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.Hakmem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A program with blocks of every size, some of them freed again. Says that it is ready, then
 * allocates and frees a little with each line of its standard input, and ends with that.
 */
public final class WatchedProgram {
  /** Blocks of 100 bytes that stay: of a class of 112, which nothing else here has. */
  static final int HUNDREDS = 1000;

  static final int HUGE_BYTES = 5 << 20;

  private static final int OTHERS = 6000;

  private WatchedProgram() {}

  /** Runs until its standard input ends. */
  public static void main(String[] args) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
    for (int i = 0; i < HUNDREDS; i++) {
      allocate(100);
    }
    long huge = allocate(HUGE_BYTES);
    List<Long> blocks = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      long address = allocate(size(random));
      if (random.nextInt(3) > 0) {
        blocks.add(address);
      } else {
        Hakmem.free(address);
      }
    }
    System.out.println("ready");
    for (int key = System.in.read(); key >= 0; key = System.in.read()) {
      for (int i = 0; i < 1000; i++) {
        int at = random.nextInt(blocks.size());
        Hakmem.free(blocks.get(at));
        blocks.set(at, allocate(size(random)));
      }
    }
    Hakmem.free(huge);
  }

  /** Allocates and touches. */
  private static long allocate(long byteSize) {
    return Hakmem.allocateSegment(byteSize).fill((byte) 1).address();
  }

  /** Few large ones; none of the class of the hundreds. */
  private static int size(RandomGenerator random) {
    int magnitude = random.nextInt(100);
    return magnitude < 70
        ? 1 + random.nextInt(80)
        : magnitude < 95 ? 200 + random.nextInt(8000) : 20_000 + random.nextInt(150_000);
  }
}
