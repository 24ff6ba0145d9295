// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.slab.SizeClasses;
import org.junit.jupiter.api.Test;

/** How much of a class may wait between caches and slabs. */
final class FrontSettingsTest {
  private final FrontSettings settings =
      new FrontSettings(256, 128, 8, 8192, 2 << 20, false, false);

  @Test
  void magazinesOf_tinyClass_waitUpToEightMebibytes() {
    assertEquals(8 << 20, waitingBytes(SizeClasses.classOf(2 << 10)));
    assertEquals(8 << 20, waitingBytes(SizeClasses.classOf(64)));
    assertEquals(512, settings.magazinesOf(SizeClasses.classOf(16)), "small blocks");
  }

  @Test
  void magazinesOf_poolClass_waitUpToOneMebibyteOrOneMagazine() {
    assertEquals(1 << 20, waitingBytes(SizeClasses.classOf(4 << 10)));
    assertEquals(1, settings.magazinesOf(SizeClasses.MAX_CLASS));
  }

  @Test
  void magazinesOf_everyClass_isBounded() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      int most = SizeClasses.isTiny(c) ? 8 << 20 : 1 << 20;
      assertTrue(
          settings.magazinesOf(c) == 1 || waitingBytes(c) <= most,
          "class " + c + ": " + waitingBytes(c) + " bytes");
    }
  }

  @Test
  void refillOf_asksForHotBlocksUpTo1024Bytes() {
    FrontSettings few = new FrontSettings(256, 3, 2, 8192, 2 << 20, false, false);
    assertEquals(3, few.refillOf(SizeClasses.classOf(16)));
    assertEquals(3, few.refillOf(SizeClasses.classOf(1024)));
    assertEquals(2, few.refillOf(SizeClasses.classOf(1025)), "tiny, but not hot");
    assertEquals(2, few.refillOf(SizeClasses.classOf(4096)));
  }

  private int waitingBytes(int sizeClass) {
    return settings.magazinesOf(sizeClass)
        * settings.magazineOf(sizeClass)
        * SizeClasses.bytes(sizeClass);
  }
}
