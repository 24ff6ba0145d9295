// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

/** The random numbers of random-mixed, xorshift32; every workload of our own draws from it. */
final class Xorshift {
  /** Largest seed: states are 32 bits, unsigned. */
  static final long MAX_SEED = 0xFFFF_FFFFL;

  private Xorshift() {}

  /** The next state, which is also the number drawn. */
  static int next(int state) {
    int x = state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  }
}
