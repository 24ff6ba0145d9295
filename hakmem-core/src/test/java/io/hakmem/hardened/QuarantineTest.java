// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What comes into the quarantine leaves it once, as it came, and not before there is little room.
 */
final class QuarantineTest {
  private static final int BYTES = 64 << 10;

  @Test
  void exchange_givesBackWhatCame_onceTheQuarantineIsNearlyFull() {
    Quarantine quarantine = new Quarantine(BYTES, Integer.MAX_VALUE);
    Map<Long, Long> inside = new HashMap<>();
    int left = 0;
    quarantine.claim();
    for (int i = 1; i <= 10_000; i++) {
      int sizeClass = 1 + i % SizeClasses.TINY_CLASSES;
      long what = Quarantine.describe(SizeClasses.bytes(sizeClass) - 16, sizeClass);
      inside.put(16L * i, what);
      for (long out = quarantine.exchange(16L * i, what);
          out != Memory.NULL;
          out = quarantine.takeExcess()) {
        assertEquals(inside.remove(out), quarantine.taken(), "once, and as described");
        left++;
      }
      long held = heldBytes(inside);
      assertTrue(held <= BYTES, held + " bytes");
      assertTrue(left == 0 || held > BYTES / 2, "nearly empty: " + held + " bytes");
    }
    quarantine.release();
    assertTrue(left > 9_000, left + " left");
    assertEquals(heldBytes(inside), quarantine.bytes());
  }

  @Test
  void exchange_ofMoreBlocksThanMayBeIn_letsOneGoForEach() {
    Quarantine quarantine = new Quarantine(BYTES, 3);
    long what = Quarantine.describe(1, 1);
    quarantine.claim();
    for (int i = 1; i <= 3; i++) {
      assertEquals(Memory.NULL, quarantine.exchange(16L * i, what));
    }
    assertTrue(Set.of(16L, 32L, 48L).contains(quarantine.exchange(64, what)));
    quarantine.release();
    assertEquals(3, blocks(quarantine, 1));
  }

  private static long heldBytes(Map<Long, Long> inside) {
    return inside.values().stream()
        .mapToLong(each -> SizeClasses.bytes(Quarantine.sizeClass(each)))
        .sum();
  }

  @Test
  void takeAny_emptiesIt() {
    Quarantine quarantine = new Quarantine(BYTES, Integer.MAX_VALUE);
    long what = Quarantine.describe(5000, Quarantine.NO_CLASS);
    quarantine.claim();
    assertTrue(quarantine.add(4096, what));
    quarantine.release();
    assertEquals(1, blocks(quarantine, Quarantine.NO_CLASS));
    assertEquals(5000, quarantine.bytes());
    quarantine.claim();
    assertEquals(4096, quarantine.takeAny());
    assertEquals(what, quarantine.taken());
    assertEquals(Memory.NULL, quarantine.takeAny());
    quarantine.release();
    assertEquals(0, quarantine.bytes());
  }

  private static long blocks(Quarantine quarantine, int sizeClass) {
    long[] byClass = new long[SizeClasses.MAX_CLASS + 1];
    quarantine.count(byClass);
    return byClass[sizeClass];
  }
}
