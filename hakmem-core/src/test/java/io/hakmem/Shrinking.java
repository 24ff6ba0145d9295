// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.function.Predicate;

/** Makes what fails shorter, as long as it fails. */
final class Shrinking {

  private static final int MOST_TRIES = 300;

  private Shrinking() {}

  /** The shortest that is found by leaving out stretches, long ones first, down to single bytes. */
  static byte[] shortest(byte[] program, Predicate<byte[]> fails) {
    byte[] present = program;
    int tries = 0;
    for (int length = Math.max(present.length / 2, 1); length > 0; length /= 2) {
      for (int from = 0; from < present.length && tries < MOST_TRIES; ) {
        byte[] shorter = without(present, from, Math.min(from + length, present.length));
        tries++;
        if (fails.test(shorter)) {
          present = shorter;
        } else {
          from += length;
        }
      }
    }
    return present;
  }

  private static byte[] without(byte[] bytes, int from, int to) {
    byte[] rest = new byte[bytes.length - to + from];
    System.arraycopy(bytes, 0, rest, 0, from);
    System.arraycopy(bytes, to, rest, from, bytes.length - to);
    return rest;
  }
}
