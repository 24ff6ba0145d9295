// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.reflect.Array;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes the arrays in which subjects keep what belongs to the block in a slot: the object that
 * stands for it. Each subject has one of its own or, in a workload whose threads free each other's
 * blocks, all subjects have the same.
 */
public final class SlotArrays {
  /*
   * A program that uses such a library hands the object to the other thread; a workload hands the
   * address over, and what orders the two threads then orders their accesses to the array too.
   */

  private static boolean common;
  private static @Nullable Object array;

  private SlotArrays() {}

  /** From now on all subjects have the same array; called before any is opened. */
  public static synchronized void useOneForAll() {
    common = true;
  }

  /**
   * An array with an element for each slot. While subjects share it, those in use at the same time
   * are opened with the same number of slots.
   */
  static synchronized <A> A open(int slotCount, IntFunction<A> newArray) {
    if (!common) {
      return newArray.apply(slotCount);
    }
    if (array == null || Array.getLength(array) != slotCount) {
      array = newArray.apply(slotCount);
    }
    @SuppressWarnings("unchecked") // one process opens subjects of one class
    A shared = (A) array;
    return shared;
  }
}
