// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/**
 * How long the tests try, with which seed, on which source of memory, in which mode: {@code
 * -Dhakmem.test.long=true}, {@code -Dhakmem.test.seed=42}, {@code -Dhakmem.os=portable}, {@code
 * -Dhakmem.hardening=full}.
 */
final class TestMode {

  /** All knobs at their defaults, but for source and mode, and a region that suffices. */
  static final HakmemConfig DEFAULT =
      (System.getProperty("hakmem.os", "auto").equals("portable")
              ? HakmemConfig.DEFAULT.withOs(HakmemConfig.Os.PORTABLE).withRegionBytes(4L << 30)
              : HakmemConfig.DEFAULT)
          .withHardening(
              isHardened() ? HakmemConfig.Hardening.FULL : HakmemConfig.Hardening.STANDARD);

  private static final int LONG_FACTOR = 50;

  private TestMode() {}

  /** Whether free memory goes back to the system: the portable source keeps what was touched. */
  static boolean returnsMemory() {
    return DEFAULT.os() != HakmemConfig.Os.PORTABLE;
  }

  /** Whether blocks are hardened. */
  static boolean isHardened() {
    return System.getProperty("hakmem.hardening", "standard").equals("full");
  }

  /** {@code count}, or much more in the long mode. */
  static int scaled(int count) {
    return Boolean.getBoolean("hakmem.test.long") ? count * LONG_FACTOR : count;
  }

  /** The seed to replay, or a new one. */
  static long seed() {
    return Long.getLong("hakmem.test.seed", System.nanoTime());
  }

  /** What to add to a failure, so that it can be replayed. */
  static String replay(long seed) {
    return " (replay: -Dhakmem.test.seed=" + seed + ")";
  }
}
