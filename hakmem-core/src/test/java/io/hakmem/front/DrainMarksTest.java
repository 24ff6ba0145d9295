// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class DrainMarksTest {

  private static final int CLASS = 7;

  private final DrainMarks marks = new DrainMarks();

  /** What a stack's word says after so many pops, with so many blocks left. */
  private static long word(int count, long pops) {
    return (64L << 10) + Stacks.PUSH * count + (Stacks.POP + Stacks.PUSH) * pops;
  }

  @Test
  void words_ofTheseTests_areTheStacks() {
    assertEquals(20, Stacks.count(word(20, 3)));
    assertEquals(3, Stacks.pops(word(20, 3)));
    assertEquals(44, Stacks.room(word(20, 3)));
  }

  @Test
  void surplus_beforeTheFirstDrain_isNone() {
    assertEquals(0, marks.surplus(CLASS, word(20, 0)));
  }

  @Test
  void surplus_isWhatNoPopCanHaveReached() {
    marks.note(CLASS, word(20, 100));
    assertEquals(20, marks.surplus(CLASS, word(20, 100)));
    assertEquals(15, marks.surplus(CLASS, word(20, 105)), "popped and pushed back");
    assertEquals(15, marks.surplus(CLASS, word(40, 105)));
    assertEquals(0, marks.surplus(CLASS, word(20, 120)));
    assertEquals(0, marks.surplus(CLASS, word(20, 121)));
    assertEquals(0, marks.surplus(CLASS, word(20, 10_000)));
  }

  @Test
  void surplus_isNeverMoreThanThereIs() {
    marks.note(CLASS, word(20, 100));
    assertEquals(5, marks.surplus(CLASS, word(5, 102)), "the older half went to the depot");
    assertEquals(0, marks.surplus(CLASS, word(0, 100)));
  }

  @Test
  void note_beginsAnew_forItsClassOnly() {
    marks.note(CLASS, word(20, 100));
    marks.note(CLASS + 1, word(30, 500));
    marks.note(CLASS, word(10, 130));
    assertEquals(8, marks.surplus(CLASS, word(10, 132)));
    assertEquals(29, marks.surplus(CLASS + 1, word(30, 501)));
  }
}
