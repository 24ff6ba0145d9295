// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

/** What rptest's threads ask for, drawn ahead: sizes, and numbers of allocations of a loop. */
final class RptestTables {
  static final int LENGTH = 2000;
  static final int EVEN = 0;
  static final int LINEAR = 1;
  static final int EXPONENTIAL = 2;

  private static final int SEED = 42;

  private final int[] sizes = new int[LENGTH];
  private final int[] allocations = new int[LENGTH];

  /** Draws sizes of the range and 30 to 99 per cent of the operations. */
  RptestTables(int sizeMode, int minSize, int maxSize, int operations) {
    int random = SEED;
    int[] even = new int[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      random = Xorshift.next(random);
      even[i] = minSize + Integer.remainderUnsigned(random, maxSize - minSize + 1);
      random = Xorshift.next(random);
      allocations[i] = Math.max(1, operations * (30 + Integer.remainderUnsigned(random, 70)) / 100);
    }
    double range = Math.max(1, maxSize - minSize);
    for (int i = 0; i < LENGTH; i++) {
      double weight = 1 - (even[i] - minSize) / range;
      double next = 1 - (even[(i + 1) % LENGTH] - minSize) / range;
      int base = even[(i + 2) % LENGTH];
      sizes[i] =
          switch (sizeMode) {
            case EVEN -> even[i];
            case LINEAR -> minSize + (int) (base * Math.abs(weight + next - 1));
            default -> minSize + (int) (base * (weight * next));
          };
    }
  }

  int size(int index) {
    return sizes[index];
  }

  /** Allocations of a loop; frees are four fifths of that. */
  int allocations(int index) {
    return allocations[index];
  }
}
