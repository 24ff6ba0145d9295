// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

/** Threads that are waited for. */
final class Threads {
  private Threads() {}

  /** Waits for the end of each. */
  static void join(Thread... threads) {
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a run", e);
    }
  }
}
