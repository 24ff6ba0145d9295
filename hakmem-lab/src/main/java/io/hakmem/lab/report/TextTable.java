// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Columns of text. */
public final class TextTable {
  private static final String GAP = "  ";

  private TextTable() {}

  /** Every column to the left. */
  static String leftAligned(List<List<String>> rows) {
    return format(rows, rows.getFirst().size());
  }

  /** The first column, of names, to the left; the others, of numbers, to the right. */
  public static String ofNumbers(List<List<String>> rows) {
    return format(rows, 1);
  }

  private static String format(List<List<String>> rows, int leftColumns) {
    int[] widths =
        IntStream.range(0, rows.getFirst().size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(row -> line(row, widths, leftColumns))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(List<String> row, int[] widths, int leftColumns) {
    return IntStream.range(0, row.size())
        .mapToObj(column -> padded(row.get(column), widths[column], column < leftColumns))
        .collect(Collectors.joining(GAP))
        .stripTrailing();
  }

  private static String padded(String text, int width, boolean left) {
    String spaces = " ".repeat(width - text.length());
    return left ? text + spaces : spaces + text;
  }
}
