// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.large;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The model of random tests: live blocks, of which no two may overlap. */
final class Intervals {

  private final TreeMap<Long, Long> bytesByStart = new TreeMap<>();

  void enter(long address, long byteSize, int step) {
    Map.Entry<Long, Long> before = bytesByStart.lowerEntry(address + byteSize);
    assertTrue(
        before == null || before.getKey() + before.getValue() <= address,
        () -> "step " + step + ": overlap");
    bytesByStart.put(address, byteSize);
  }

  /** Forgets the block that starts at an address; its bytes. */
  long remove(long address) {
    return Objects.requireNonNull(bytesByStart.remove(address));
  }

  /** Bytes of all blocks. */
  long sum() {
    return bytesByStart.values().stream().mapToLong(Long::longValue).sum();
  }
}
