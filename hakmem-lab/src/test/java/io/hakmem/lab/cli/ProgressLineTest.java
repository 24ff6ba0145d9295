// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ProgressLineTest {
  @Test
  void bar_showsWhatIsDone() {
    assertEquals(
        "[....................] run 1 of 4: hakmem, block",
        ProgressLine.text("", 1, 4, "hakmem, block"));
    assertEquals(
        "[###############.....] pair, run 4 of 4: hakmem, block",
        ProgressLine.text("pair, ", 4, 4, "hakmem, block"));
  }
}
