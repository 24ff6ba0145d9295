// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SlidingWindowTest {
  private final RecordingSubject subject = new RecordingSubject();
  private final SlidingWindow window = new SlidingWindow(10, 100);

  @Test
  void buffer_isFilledFromTheLeftAndKeptUntilFull() {
    allocate(10, 16);
    assertEquals(
        "+100:16 +101:16 +102:16 +103:16 +104:16 +105:16 +106:16 +107:16 +108:16 +109:16",
        subject.calls());
  }

  @Test
  void firstSlide_keepsTheFirstFifthAndFreesTheRestInReverse() {
    allocate(10, 16);
    subject.calls();
    allocate(1, 8);
    assertEquals("-109 -108 -107 -106 -105 -104 -103 -102 +102:8", subject.calls());
  }

  @Test
  void secondSlide_freesInOrderBelowAndInReverseAbove() {
    allocate(10 + 8, 16);
    subject.calls();
    allocate(3, 8);
    assertEquals("-100 -101 -109 -108 -107 -106 -105 -104 +100:8 +101:8 +104:8", subject.calls());
  }

  @Test
  void keptFifth_comesRoundAgain() {
    allocate(10 + 8 * 4, 16); // up to where the last fifth is kept
    subject.calls();
    allocate(8, 8);
    assertEquals(
        "-100 -101 -102 -103 -104 -105 -106 -107"
            + " +100:8 +101:8 +102:8 +103:8 +104:8 +105:8 +106:8 +107:8",
        subject.calls());
    allocate(1, 8);
    assertEquals("-109 -108 -107 -106 -105 -104 -103 -102 +102:8", subject.calls());
  }

  @Test
  void clear_freesWhatIsLeftInOrder() {
    allocate(13, 16);
    subject.calls();
    window.clear(subject);
    assertEquals("-100 -101 -102 -103 -104", subject.calls());
  }

  private void allocate(int count, int size) {
    Sh6Like.allocate(window, subject, size, count);
  }
}
