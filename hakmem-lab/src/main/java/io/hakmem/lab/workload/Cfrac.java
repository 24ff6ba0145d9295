// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/**
 * cfrac. Origin: the program of that name in the allocator literature, written anew: factors a
 * number by the continued fraction of its square root (Morrison and Brillhart). Every intermediate
 * number is a block of its own, most of them short-lived and of a few words. Twin: cfrac.c.
 */
final class Cfrac implements Workload {
  /*
   * With A/B the convergents and Q the denominators of the complete quotients, A(n-1)^2 is
   * (-1)^n Q(n) modulo the number. Where Q has small prime factors only, that is a relation; as soon
   * as some relations multiply to a square on the right, there are two square roots of it, and the
   * greatest common divisor of their difference and the number is a factor every other time.
   */

  static final String NAME = "cfrac";
  static final String USAGE = "[number=53252032697690914220479650841 primes=150]";

  private static final String NUMBER = "53252032697690914220479650841";
  private static final BigInteger LEAST = BigInteger.TEN.pow(12);
  private static final BigInteger MOST = BigInteger.TEN.pow(40);
  private static final int CERTAINTY = 64;
  private static final int MORE_RELATIONS = 32; // than it takes for the first dependency
  private static final int MORE_NUMBERS = 64; // at a time than there are relations

  private final String number;
  private final int primeCount;
  private final long mostSteps;
  private long steps;
  private long factor;

  private Cfrac(String number, int primeCount, long mostSteps) {
    this.number = number;
    this.primeCount = primeCount;
    this.mostSteps = mostSteps;
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    String digits = arguments.has(0) ? given.getFirst() : NUMBER;
    if (!digits.matches("[1-9][0-9]{0,40}")) {
      throw new UsageException(NAME + ": number is not a number: '" + digits + "'");
    }
    BigInteger value = new BigInteger(digits);
    if (value.compareTo(LEAST) < 0 || value.compareTo(MOST) > 0) {
      throw new UsageException(NAME + ": number must be 10^12 to 10^40, not " + digits);
    }
    if (value.isProbablePrime(CERTAINTY) || value.sqrtAndRemainder()[1].signum() == 0) {
      throw new UsageException(NAME + ": number must be neither a prime nor a square: " + digits);
    }
    int primes = (int) arguments.number(1, "primes", 150, 10, 1000);
    return new Cfrac(digits, primes, Long.MAX_VALUE);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return Arguments.texts(number, primeCount);
  }

  /** An operation is a step of the continued fraction. */
  @Override
  public long operations() {
    return steps;
  }

  /** The lowest 64 bits of the factor that the last pass found; 0 if it was cut off before. */
  long factor() {
    return factor;
  }

  @Override
  public boolean needsRealBlocks() {
    return true;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    int most = primeCount + MORE_RELATIONS + MORE_NUMBERS;
    Subject subject = subjects.open(most);
    long start = System.nanoTime();
    Bignums bignums = new Bignums(subject, most);
    Expansion expansion = new Expansion(bignums, bignums.of(number));
    Relations relations = new Relations(bignums, expansion.number, primeCount, MORE_RELATIONS);
    factor = 0;
    steps = 0;
    while (factor == 0 && steps < mostSteps) {
      factor = relations.offer(expansion.a, expansion.q, (steps & 1) == 0);
      expansion.advance();
      steps++;
    }
    relations.drop();
    expansion.drop();
    return System.nanoTime() - start;
  }

  @Override
  public Workload first(long operations) {
    return new Cfrac(number, primeCount, Math.min(mostSteps, operations));
  }

  /** The continued fraction of the number's square root. */
  private static final class Expansion {
    final long number;
    private final Bignums bignums;
    private final long root;
    private long p;
    private long beforeQ;
    private long beforeA;
    long q;
    long a;

    Expansion(Bignums bignums, long number) {
      this.bignums = bignums;
      this.number = number;
      root = root();
      p = bignums.keep(root);
      beforeQ = bignums.of(1);
      beforeA = bignums.of(1);
      long square = bignums.multiply(root, root);
      q = bignums.subtract(number, square);
      bignums.drop(square);
      a = bignums.keep(root);
    }

    /** Newton's iteration, from above. */
    private long root() {
      long two = bignums.of(2);
      long x = bignums.keep(number);
      while (true) {
        long quotient = bignums.quotient(number, x);
        long sum = bignums.add(x, quotient);
        long next = bignums.quotient(sum, two);
        bignums.drop(quotient);
        bignums.drop(sum);
        if (bignums.compare(next, x) >= 0) {
          bignums.drop(next);
          bignums.drop(two);
          return x;
        }
        bignums.drop(x);
        x = next;
      }
    }

    void advance() {
      long sum = bignums.add(root, p);
      long b = bignums.quotient(sum, q);
      bignums.drop(sum);
      long product = bignums.multiply(b, q);
      long nextP = bignums.subtract(product, p);
      bignums.drop(product);
      long nextQ = nextQ(b, nextP);
      product = bignums.multiply(b, a);
      sum = bignums.add(product, beforeA);
      long nextA = bignums.modulo(sum, number);
      bignums.drop(product);
      bignums.drop(sum);
      bignums.drop(b);
      bignums.drop(p);
      bignums.drop(beforeQ);
      bignums.drop(beforeA);
      p = nextP;
      beforeQ = q;
      beforeA = a;
      q = nextQ;
      a = nextA;
    }

    /** The one before last plus b times the difference of p, which may be negative. */
    private long nextQ(long b, long nextP) {
      boolean falls = bignums.compare(p, nextP) >= 0;
      long difference = falls ? bignums.subtract(p, nextP) : bignums.subtract(nextP, p);
      long change = bignums.multiply(b, difference);
      long next = falls ? bignums.add(beforeQ, change) : bignums.subtract(beforeQ, change);
      bignums.drop(difference);
      bignums.drop(change);
      return next;
    }

    void drop() {
      for (long each : List.of(number, root, p, beforeQ, beforeA, q, a)) {
        bignums.drop(each);
      }
    }
  }

  /** Relations found so far, and which of them multiply to a square. */
  private static final class Relations {
    private final Bignums bignums;
    private final long number;
    private final int[] primes;
    private final long[] roots; // a of each relation
    private final int[][] exponents; // of each relation
    private final long[][]
        rows; // sign and exponents modulo 2, reduced, and which relations went in
    private final int[] pivots; // row by column; -1: none
    private final int rowWords;
    private int count;

    Relations(Bignums bignums, long number, int primeCount, int more) {
      this.bignums = bignums;
      this.number = number;
      primes = primes(primeCount);
      roots = new long[primeCount + more];
      exponents = new int[roots.length][primeCount];
      rowWords = (primeCount + 64) / 64; // the sign is one column
      rows = new long[roots.length][rowWords + (roots.length + 63) / 64];
      pivots = new int[primeCount + 1];
      Arrays.fill(pivots, -1);
    }

    /** Those modulo which the number is a square: no other divides a denominator. */
    private int[] primes(int wanted) {
      int[] found = new int[wanted];
      int n = 0;
      for (int candidate = 2; n < wanted; candidate++) {
        if (BigInteger.valueOf(candidate).isProbablePrime(CERTAINTY)) {
          bignums.drop(bignums.divideSmall(number, candidate));
          if (candidate == 2 || isSquare(bignums.smallRemainder(), candidate)) {
            found[n++] = candidate;
          }
        }
      }
      return found;
    }

    private static boolean isSquare(long value, int prime) {
      long power = 1;
      long square = value;
      for (int exponent = (prime - 1) / 2; exponent > 0; exponent >>= 1) {
        power = (exponent & 1) == 0 ? power : power * square % prime;
        square = square * square % prime;
      }
      return power <= 1;
    }

    /** Takes the square of a, which is q or -q, if q is smooth; returns a factor or 0. */
    long offer(long a, long q, boolean negative) {
      int[] powers = exponents[count];
      if (!isSmooth(q, powers)) {
        return 0;
      }
      long[] row = rows[count];
      Arrays.fill(row, 0);
      flip(row, 0, negative ? 1 : 0);
      for (int i = 0; i < primes.length; i++) {
        flip(row, i + 1, powers[i]);
      }
      row[rowWords + count / 64] |= 1L << count;
      roots[count] = bignums.keep(a);
      count++;
      int column = reduce(row);
      if (column >= 0) {
        pivots[column] = count - 1;
        return 0;
      }
      long found = factor(row);
      if (found == 0 && count == roots.length) {
        throw new IllegalStateException("cfrac: no factor found in " + count + " relations");
      }
      return found;
    }

    private boolean isSmooth(long q, int[] powers) {
      Arrays.fill(powers, 0);
      long rest = bignums.keep(q);
      for (int i = 0; i < primes.length && !bignums.isOne(rest); i++) {
        long quotient = bignums.divideSmall(rest, primes[i]);
        while (bignums.smallRemainder() == 0) {
          powers[i]++;
          bignums.drop(rest);
          rest = quotient;
          quotient = bignums.divideSmall(rest, primes[i]);
        }
        bignums.drop(quotient);
      }
      boolean smooth = bignums.isOne(rest);
      bignums.drop(rest);
      return smooth;
    }

    private static void flip(long[] row, int column, int times) {
      row[column / 64] ^= (long) (times & 1) << column;
    }

    /** Eliminates by the rows before; the first column that is left, or -1. */
    private int reduce(long[] row) {
      for (int column = 0; column < pivots.length; column++) {
        if ((row[column / 64] >>> column & 1) == 0) {
          continue;
        }
        if (pivots[column] < 0) {
          return column;
        }
        long[] other = rows[pivots[column]];
        for (int i = 0; i < row.length; i++) {
          row[i] ^= other[i];
        }
      }
      return -1;
    }

    /** The lowest bits of a factor, if the relations of the row give one; else 0. */
    private long factor(long[] row) {
      int[] sums = new int[primes.length];
      long left = bignums.of(1);
      for (int n = 0; n < count; n++) {
        if ((row[rowWords + n / 64] >>> n & 1) != 0) {
          left = times(left, roots[n]);
          for (int i = 0; i < sums.length; i++) {
            sums[i] += exponents[n][i];
          }
        }
      }
      long right = bignums.of(1);
      for (int i = 0; i < sums.length; i++) {
        long prime = bignums.of(primes[i]);
        for (int n = sums[i] / 2; n > 0; n--) {
          right = times(right, prime);
        }
        bignums.drop(prime);
      }
      boolean greater = bignums.compare(left, right) >= 0;
      long difference = greater ? bignums.subtract(left, right) : bignums.subtract(right, left);
      bignums.drop(left);
      bignums.drop(right);
      long divisor = commonDivisor(difference);
      boolean trivial = bignums.isOne(divisor) || bignums.compare(divisor, number) == 0;
      long found = trivial ? 0 : bignums.lowBits(divisor);
      bignums.drop(divisor);
      return found;
    }

    /** The product modulo the number; drops the first. */
    private long times(long value, long other) {
      long product = bignums.multiply(value, other);
      long reduced = bignums.modulo(product, number);
      bignums.drop(product);
      bignums.drop(value);
      return reduced;
    }

    /** With the number; drops the value. */
    private long commonDivisor(long value) {
      long x = bignums.keep(number);
      long y = value;
      while (!bignums.isZero(y)) {
        long rest = bignums.modulo(x, y);
        bignums.drop(x);
        x = y;
        y = rest;
      }
      bignums.drop(y);
      return x;
    }

    void drop() {
      while (count > 0) {
        bignums.drop(roots[--count]);
      }
    }
  }
}
