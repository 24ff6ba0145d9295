// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

/**
 * The random numbers of larson and xmalloc-test: a congruential generator, shuffled. One thread.
 */
final class Lran2 {
  /*
   * All that changes is in one array with a cache line of room at either end: generators of
   * different threads may lie side by side on the heap.
   */

  private static final int MODULUS = 714_025;
  private static final int FACTOR = 1366;
  private static final int INCREMENT = 150_889;
  private static final int SHUFFLED = 97;
  private static final int PADDING = 32;
  private static final int X = PADDING + SHUFFLED;
  private static final int Y = X + 1;

  private final int[] state = new int[Y + 1 + PADDING];

  Lran2(int seed) {
    int x = (int) Math.abs(((long) INCREMENT - seed) % MODULUS);
    for (int i = 0; i < SHUFFLED; i++) {
      x = step(x);
      state[PADDING + i] = x;
    }
    x = step(x);
    state[X] = x;
    state[Y] = x;
  }

  private static int step(int x) {
    return (FACTOR * x + INCREMENT) % MODULUS;
  }

  /** Draws a number from 0 to 714024. */
  int next() {
    int j = PADDING + state[Y] % SHUFFLED;
    int y = state[j];
    int x = step(state[X]);
    state[j] = x;
    state[X] = x;
    state[Y] = y;
    return y;
  }
}
