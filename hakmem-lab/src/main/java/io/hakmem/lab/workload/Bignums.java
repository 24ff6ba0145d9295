// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import java.util.Arrays;

/**
 * Numbers of any length that are not negative, each in a block of its own, which is freed when the
 * last reference is dropped. Whoever is returned a number owns a reference. Twin: bignum.h.
 */
final class Bignums {
  /*
   * A block:
   *
   *   0            4      8        12
   *   +------------+------+--------+--------------------------------+
   *   | references | slot | length | limbs of 32 bits, the least first
   *   +------------+------+--------+--------------------------------+
   *
   * The highest limb is not 0; the number 0 has no limbs.
   */

  private static final int SLOT = 4;
  private static final int LENGTH = 8;
  private static final int LIMBS = 12;
  private static final long MASK = 0xFFFF_FFFFL;

  private final Subject subject;
  private final int[] freeSlots; // a stack
  private int freeSlotCount;
  private long remainder;

  /** At most so many numbers at a time. */
  Bignums(Subject subject, int most) {
    this.subject = subject;
    freeSlots = new int[most];
    Arrays.setAll(freeSlots, i -> most - 1 - i);
    freeSlotCount = most;
  }

  /** A number below 2^63. */
  long of(long value) {
    long number = make(2);
    put(number, 0, value);
    put(number, 1, value >>> 32);
    return trimmed(number);
  }

  /** A number in decimal digits. */
  long of(String digits) {
    long number = of(0);
    long ten = of(10);
    for (int i = 0; i < digits.length(); i++) {
      long tenfold = multiply(number, ten);
      long digit = of(digits.charAt(i) - '0');
      drop(number);
      number = add(tenfold, digit);
      drop(tenfold);
      drop(digit);
    }
    drop(ten);
    return number;
  }

  /** The same number with one reference more. */
  long keep(long number) {
    RawMemory.putInt(number, RawMemory.getInt(number) + 1);
    return number;
  }

  /** Drops a reference. */
  void drop(long number) {
    int references = RawMemory.getInt(number) - 1;
    if (references > 0) {
      RawMemory.putInt(number, references);
      return;
    }
    int slot = RawMemory.getInt(number + SLOT);
    freeSlots[freeSlotCount++] = slot;
    subject.free(slot, number);
  }

  boolean isZero(long number) {
    return length(number) == 0;
  }

  boolean isOne(long number) {
    return length(number) == 1 && limb(number, 0) == 1;
  }

  /** The lowest 64 bits. */
  long lowBits(long number) {
    int length = length(number);
    return (length > 0 ? limb(number, 0) : 0) | (length > 1 ? limb(number, 1) << 32 : 0);
  }

  /** Negative, 0 or positive, as a is less than, equal to or greater than b. */
  int compare(long a, long b) {
    int length = length(a);
    if (length != length(b)) {
      return length - length(b);
    }
    for (int i = length - 1; i >= 0; i--) {
      if (limb(a, i) != limb(b, i)) {
        return limb(a, i) < limb(b, i) ? -1 : 1;
      }
    }
    return 0;
  }

  long add(long a, long b) {
    int ofA = length(a);
    int ofB = length(b);
    int most = Math.max(ofA, ofB);
    long sum = make(most + 1);
    long carry = 0;
    for (int i = 0; i < most; i++) {
      carry += (i < ofA ? limb(a, i) : 0) + (i < ofB ? limb(b, i) : 0);
      put(sum, i, carry);
      carry >>>= 32;
    }
    put(sum, most, carry);
    return trimmed(sum);
  }

  /** The difference; b is not greater than a. */
  long subtract(long a, long b) {
    int ofA = length(a);
    int ofB = length(b);
    long difference = make(ofA);
    long borrow = 0;
    for (int i = 0; i < ofA; i++) {
      long limb = limb(a, i) - (i < ofB ? limb(b, i) : 0) - borrow;
      put(difference, i, limb);
      borrow = limb < 0 ? 1 : 0;
    }
    return trimmed(difference);
  }

  long multiply(long a, long b) {
    int ofA = length(a);
    int ofB = length(b);
    long product = make(ofA + ofB);
    for (int i = 0; i < ofB; i++) {
      put(product, i, 0);
    }
    for (int i = 0; i < ofA; i++) {
      long factor = limb(a, i);
      long carry = 0;
      for (int j = 0; j < ofB; j++) {
        carry += factor * limb(b, j) + limb(product, i + j);
        put(product, i + j, carry);
        carry >>>= 32;
      }
      put(product, i + ofB, carry);
    }
    return trimmed(product);
  }

  /** The quotient by 1 to 2^32 - 1; {@link #smallRemainder} is what is left. */
  long divideSmall(long a, long divisor) {
    int length = length(a);
    long quotient = make(length);
    long rest = 0;
    for (int i = length - 1; i >= 0; i--) {
      rest = rest << 32 | limb(a, i);
      long digit = Long.divideUnsigned(rest, divisor);
      put(quotient, i, digit);
      rest -= digit * divisor;
    }
    remainder = rest;
    return trimmed(quotient);
  }

  /** Of the last small division. */
  long smallRemainder() {
    return remainder;
  }

  /** The remainder of a by b, which is not 0. */
  long modulo(long a, long b) {
    drop(divide(a, b));
    return remainder;
  }

  /** The quotient of a by b, which is not 0. */
  long quotient(long a, long b) {
    long quotient = divide(a, b);
    drop(remainder);
    return quotient;
  }

  /** The quotient; {@link #remainder} is a number, too. Long division, as in Knuth, 4.3.1. */
  private long divide(long a, long b) {
    int n = length(b);
    if (compare(a, b) < 0) {
      remainder = keep(a);
      return of(0);
    }
    if (n == 1) { // the estimate below needs two limbs
      long quotient = divideSmall(a, limb(b, 0));
      remainder = of(remainder);
      return quotient;
    }
    int shift = Integer.numberOfLeadingZeros((int) limb(b, n - 1));
    long u = shiftedLeft(a, shift, length(a) + 1);
    long v = shiftedLeft(b, shift, n);
    int m = length(a) - n;
    long quotient = make(m + 1);
    for (int j = m; j >= 0; j--) {
      put(quotient, j, digit(u, v, n, j));
    }
    remainder = shiftedRight(u, shift, n);
    drop(u);
    drop(v);
    return trimmed(quotient);
  }

  /** One digit of the quotient, subtracted from u. */
  private long digit(long u, long v, int n, int j) {
    long top = limb(u, j + n) << 32 | limb(u, j + n - 1);
    long guess = Long.divideUnsigned(top, limb(v, n - 1));
    long rest = top - guess * limb(v, n - 1);
    while (guess > MASK
        || Long.compareUnsigned(guess * limb(v, n - 2), rest << 32 | limb(u, j + n - 2)) > 0) {
      guess--;
      rest += limb(v, n - 1);
      if (rest > MASK) {
        break;
      }
    }
    long borrow = 0;
    for (int i = 0; i < n; i++) {
      long product = guess * limb(v, i);
      long limb = limb(u, i + j) - borrow - (product & MASK);
      put(u, i + j, limb);
      borrow = (product >>> 32) - (limb >> 32);
    }
    long limb = limb(u, j + n) - borrow;
    put(u, j + n, limb);
    if (limb >= 0) {
      return guess;
    }
    long carry = 0;
    for (int i = 0; i < n; i++) {
      carry += limb(u, i + j) + limb(v, i);
      put(u, i + j, carry);
      carry >>>= 32;
    }
    put(u, j + n, limb(u, j + n) + carry);
    return guess - 1;
  }

  /** Of that length, the highest limb may be 0; the shift is 0 to 31. */
  private long shiftedLeft(long number, int shift, int length) {
    int own = length(number);
    long shifted = make(length);
    long carry = 0;
    for (int i = 0; i < length; i++) {
      carry |= (i < own ? limb(number, i) : 0) << shift;
      put(shifted, i, carry);
      carry >>>= 32;
    }
    return shifted;
  }

  /** Of the lowest limbs. */
  private long shiftedRight(long number, int shift, int length) {
    long shifted = make(length);
    for (int i = 0; i < length; i++) {
      long pair = limb(number, i) | (i + 1 < length ? limb(number, i + 1) << 32 : 0);
      put(shifted, i, pair >>> shift);
    }
    return trimmed(shifted);
  }

  // ---- cells

  private long make(int length) {
    int slot = freeSlots[--freeSlotCount];
    long number = subject.allocate(slot, LIMBS + 4L * length);
    RawMemory.putInt(number, 1);
    RawMemory.putInt(number + SLOT, slot);
    RawMemory.putInt(number + LENGTH, length);
    return number;
  }

  private static long trimmed(long number) {
    int length = length(number);
    while (length > 0 && limb(number, length - 1) == 0) {
      length--;
    }
    RawMemory.putInt(number + LENGTH, length);
    return number;
  }

  private static int length(long number) {
    return RawMemory.getInt(number + LENGTH);
  }

  private static long limb(long number, int index) {
    return RawMemory.getInt(number + LIMBS + 4L * index) & MASK;
  }

  private static void put(long number, int index, long limb) {
    RawMemory.putInt(number + LIMBS + 4L * index, (int) limb);
  }
}
