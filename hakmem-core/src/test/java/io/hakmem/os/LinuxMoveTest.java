// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The system refuses one step of a move, or several. */
final class LinuxMoveTest {

  private static final int SIZE = 8 << 20;

  private final LinuxMemory.Remap mremap = new LinuxMemory.Mremap();
  private final List<Integer> flagsSeen = new ArrayList<>();
  private Set<Integer> refused = Set.of();

  /** What is called instead of the system's {@code mremap}; the steps are counted from 1. */
  private long remap(long from, long oldByteSize, long newByteSize, int flags, long to) {
    flagsSeen.add(flags);
    assertEquals(oldByteSize, newByteSize, "what grows may be refused after the new place is gone");
    return refused.contains(flagsSeen.size())
        ? -1
        : mremap.call(from, oldByteSize, newByteSize, flags, to);
  }

  private LinuxMemory open() {
    LinuxConstants constants = LinuxConstants.of(System.getProperty("os.arch")).orElseThrow();
    return new LinuxMemory(constants, this::remap);
  }

  @Test
  void move_withAnyStepsRefused_isDoneOrChangesNothing() {
    LinuxMemory os = open();
    for (Set<Integer> steps : List.of(Set.<Integer>of(), Set.of(1), Set.of(2), Set.of(2, 3))) {
      refused = steps;
      flagsSeen.clear();
      long from = os.reserve(0, 2 * SIZE);
      long to = from + SIZE;
      assertNotEquals(0, from);
      assertTrue(os.commit(from, 2 * SIZE));
      for (long at = 0; at < SIZE; at += Long.BYTES) {
        Memory.putLong(from + at, at + 1);
      }
      CBytes.fill(to, SIZE, (byte) 7);
      OsCallCounts before = os.callCounts();

      boolean moved = os.move(from, to, SIZE);

      assertEquals(steps.isEmpty(), moved, "refused: " + steps);
      assertEquals(before.refused() + steps.size(), os.callCounts().refused());
      long is = moved ? to : from;
      for (long at = 0; at < SIZE; at += Long.BYTES) {
        assertEquals(at + 1, Memory.getLong(is + at));
      }
      for (long at = 0; at < SIZE; at += Long.BYTES) {
        assertEquals(
            moved ? 0 : 0x0707070707070707L, Memory.getLong(is == to ? from + at : to + at));
      }
      assertTrue(os.release(from, 2 * SIZE));
      long released = os.callCounts().release() - before.release();
      assertEquals(steps.contains(3) ? 2 : 1, released, "the place in between is not given back");
    }
  }

  @Test
  void move_clearsThePlaceOnlyWhenNothingCanGoWrongAnyMore() {
    LinuxMemory os = open();
    LinuxConstants constants = LinuxConstants.of(System.getProperty("os.arch")).orElseThrow();
    long from = os.reserve(0, 2 * SIZE);
    assertTrue(os.commit(from, 2 * SIZE));
    assertTrue(os.move(from, from + SIZE, SIZE));
    assertEquals(0, flagsSeen.getFirst() & constants.remapFixed());
    assertEquals(constants.remapFixed(), flagsSeen.getLast() & constants.remapFixed());
    assertEquals(0, flagsSeen.getLast() & constants.remapDontUnmap());
    assertEquals(2, flagsSeen.size());
    assertFalse(os.move(from, 1, SIZE), "no page starts there");
    assertTrue(os.release(from, 2 * SIZE));
  }
}
