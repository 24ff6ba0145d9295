// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.SuperslabStats;
import java.util.ArrayList;
import java.util.List;

/**
 * The slices of all superslabs in cells, few enough to be drawn.
 *
 * @param slicesPerCell a power of two; above 32 a cell is several superslabs
 * @param cells by address
 */
record SliceCells(int slicesPerCell, List<Cell> cells) {
  private static final double FULL = 9; // the digit that says so

  /**
   * Some slices.
   *
   * @param content who holds most of them, as in {@link SuperslabStats#contents}
   * @param used share of their bytes that is in use
   * @param committed share of their bytes that is committed
   */
  record Cell(char content, double used, double committed) {}

  /** At most this many cells. */
  static SliceCells of(List<SuperslabStats> superslabs, int most) {
    StringBuilder contents = new StringBuilder();
    StringBuilder used = new StringBuilder();
    StringBuilder committed = new StringBuilder();
    for (SuperslabStats each : superslabs) {
      contents.append(each.contents());
      used.append(each.used());
      committed.append(each.committed());
    }
    int size = 1;
    while ((contents.length() + size - 1) / size > most) {
      size *= 2;
    }
    List<Cell> cells = new ArrayList<>();
    for (int from = 0; from < contents.length(); from += size) {
      int to = Math.min(from + size, contents.length());
      cells.add(
          new Cell(
              mostFrequent(contents.substring(from, to)),
              average(used, from, to),
              average(committed, from, to)));
    }
    return new SliceCells(size, cells);
  }

  /** Whatever is held counts before what is free, so that no little block is lost to sight. */
  private static char mostFrequent(String contents) {
    char best = '-';
    long bestCount = 0;
    for (char each : "tprh".toCharArray()) {
      long count = contents.chars().filter(it -> it == each).count();
      if (count > bestCount) {
        best = each;
        bestCount = count;
      }
    }
    return best;
  }

  private static double average(CharSequence digits, int from, int to) {
    return digits.subSequence(from, to).chars().map(it -> it - '0').average().orElse(0) / FULL;
  }
}
