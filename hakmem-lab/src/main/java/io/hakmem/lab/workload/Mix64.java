// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

/** The random numbers of mstress and mleak: a finaliser of 64 bits, applied to its own result. */
final class Mix64 {
  private Mix64() {}

  /** The next state, which is also the number drawn. */
  static long next(long state) {
    long x = state;
    x ^= x >>> 30;
    x *= 0xbf58476d1ce4e5b9L;
    x ^= x >>> 27;
    x *= 0x94d049bb133111ebL;
    x ^= x >>> 31;
    return x;
  }

  /** The state that the numbers of a thread begin with. */
  static long seed(long thread) {
    return (thread + 1) * 43;
  }
}
