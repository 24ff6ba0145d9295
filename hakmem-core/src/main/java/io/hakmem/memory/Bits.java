// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

/** Integer arithmetic on sizes, alignments and bit sets. */
public final class Bits {

  private Bits() {}

  /** Whether {@code value} is a power of two; 0 and negative values are not. */
  public static boolean isPowerOfTwo(long value) {
    return value > 0 && (value & (value - 1)) == 0;
  }

  /**
   * The smallest multiple of {@code alignment}, a power of two, that is not below {@code value}.
   */
  public static long alignUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  /** Floor of the binary logarithm of a positive value. */
  public static int log2(long value) {
    return 63 - Long.numberOfLeadingZeros(value);
  }

  /** A mask of {@code count} low bits; {@code count} is 0 to 32. */
  public static int lowMask(int count) {
    return (int) ((1L << count) - 1);
  }

  /** Bits [from, to) of one long, 0 &lt;= from &lt; to &lt;= 64. */
  public static long rangeMask(int from, int to) {
    return (-1L << from) & (-1L >>> (64 - to));
  }

  /**
   * Throws {@link IllegalStateException} unless the condition holds; for checks of geometry at
   * class initialisation.
   */
  public static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalStateException(message);
    }
  }
}
