// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.lab.subject.CountingSubject;
import io.hakmem.lab.subject.MallocSubject;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BignumsTest {
  private static final int NUMBERS = 64;
  private static final int ROUNDS = 20_000;

  private final CountingSubject counts = new CountingSubject(NUMBERS, new MallocSubject(NUMBERS));
  private final Bignums bignums = new Bignums(counts, NUMBERS);
  private final Random random = new Random(42);

  @Test
  void arithmetic_isThatOfBigInteger() {
    for (int round = 0; round < ROUNDS; round++) {
      BigInteger x = draw();
      BigInteger y = draw();
      long a = bignums.of(x.toString());
      long b = bignums.of(y.toString());
      assertEquals(Integer.signum(x.compareTo(y)), Integer.signum(bignums.compare(a, b)));
      assertSame(x.add(y), bignums.add(a, b));
      assertSame(x.multiply(y), bignums.multiply(a, b));
      assertSame(x.subtract(x.min(y)), x.compareTo(y) < 0 ? bignums.of(0) : bignums.subtract(a, b));
      if (y.signum() > 0) {
        assertSame(x.divide(y), bignums.quotient(a, b));
        assertSame(x.mod(y), bignums.modulo(a, b));
      }
      BigInteger small = BigInteger.valueOf(1 + (random.nextInt() & 0xFFFF_FFFEL));
      assertSame(x.divide(small), bignums.divideSmall(a, small.longValue()));
      assertEquals(x.mod(small).longValue(), bignums.smallRemainder());
      bignums.drop(a);
      bignums.drop(b);
    }
    assertEquals(counts.allocations(), counts.frees(), "all are dropped");
  }

  /** Limbs of ones and of zeros are where a digit of a quotient is guessed wrong. */
  private BigInteger draw() {
    BigInteger number = BigInteger.ZERO;
    for (int limbs = random.nextInt(8); limbs > 0; limbs--) {
      long limb =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 0xFFFF_FFFFL;
            case 2 -> 0x8000_0000L;
            default -> random.nextInt() & 0xFFFF_FFFFL;
          };
      number = number.shiftLeft(32).add(BigInteger.valueOf(limb));
    }
    return number;
  }

  /** Drops the number. */
  private void assertSame(BigInteger expected, long number) {
    long other = bignums.of(expected.toString());
    assertEquals(0, bignums.compare(other, number), () -> "not " + expected);
    bignums.drop(other);
    bignums.drop(number);
  }
}
