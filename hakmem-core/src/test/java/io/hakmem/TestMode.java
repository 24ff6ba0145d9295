// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/**
 * How long the tests try, and with which seed: {@code -Dhakmem.test.long=true}, {@code
 * -Dhakmem.test.seed=42}.
 */
final class TestMode {

  private static final int LONG_FACTOR = 50;

  private TestMode() {}

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
