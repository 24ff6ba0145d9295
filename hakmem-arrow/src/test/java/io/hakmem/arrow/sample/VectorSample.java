// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.arrow.sample;

import io.hakmem.Hakmem;
import io.hakmem.arrow.HakmemAllocationManager;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;

/** A vector in hakmem's memory. */
public final class VectorSample {
  private VectorSample() {}

  /** Fills a vector and adds it up. */
  public static void main(String[] args) {
    try (BufferAllocator allocator =
            new RootAllocator(
                RootAllocator.configBuilder()
                    .allocationManagerFactory(HakmemAllocationManager.FACTORY) // the one line
                    .build());
        IntVector vector = new IntVector("squares", allocator)) {
      for (int i = 0; i < 1000; i++) {
        vector.setSafe(i, i * i);
      }
      vector.setValueCount(1000);
      long sum = 0;
      for (int i = 0; i < vector.getValueCount(); i++) {
        sum += vector.get(i);
      }
      System.out.println("sum: " + sum);
      System.out.println("hakmem's: " + Hakmem.owns(vector.getDataBuffer().memoryAddress()));
    }
  }
}
