// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

/** A map from longs but 0 to numbers that are not negative. One thread at a time. */
final class LongIntMap {
  /*
   * Open addressing with linear probing. Whoever removes an entry moves those behind it forward that a
   * search would not find any more, so that there are no marks of what was removed.
   */

  static final int ABSENT = -1;

  private static final int FIRST_CAPACITY = 1 << 10;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long[] keys = new long[FIRST_CAPACITY];
  private int[] values = new int[FIRST_CAPACITY];
  private int count;

  int get(long key) {
    int at = find(key);
    return keys[at] == 0 ? ABSENT : values[at];
  }

  void put(long key, int value) {
    if (2 * (count + 1) > keys.length) {
      grow();
    }
    int at = find(key);
    count += keys[at] == 0 ? 1 : 0;
    keys[at] = key;
    values[at] = value;
  }

  /** Removes an entry; its value. */
  int remove(long key) {
    int hole = find(key);
    if (keys[hole] == 0) {
      return ABSENT;
    }
    final int removed = values[hole];
    int mask = keys.length - 1;
    for (int at = (hole + 1) & mask; keys[at] != 0; at = (at + 1) & mask) {
      int home = home(keys[at]);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        keys[hole] = keys[at];
        values[hole] = values[at];
        hole = at;
      }
    }
    keys[hole] = 0;
    count--;
    return removed;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldValues = values;
    long[] moreKeys = new long[2 * oldKeys.length]; // both may fail: then nothing has changed
    int[] moreValues = new int[2 * oldKeys.length];
    keys = moreKeys;
    values = moreValues;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        values[at] = oldValues[i];
      }
    }
  }

  /** Where a key is, or where it would go. */
  private int find(long key) {
    int mask = keys.length - 1;
    int at = home(key);
    while (keys[at] != 0 && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(long key) {
    return (int) ((key * GOLDEN) >>> 32) & (keys.length - 1);
  }
}
