// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import java.util.List;
import java.util.stream.Collectors;

/** Tables of Markdown. */
public final class MarkdownTable {
  private MarkdownTable() {}

  /** Of rows of plain text, the head first. */
  public static String of(List<List<String>> rows) {
    String line = "|" + " --- |".repeat(rows.getFirst().size()) + "\n";
    return row(rows.getFirst())
        + line
        + rows.stream().skip(1).map(MarkdownTable::row).collect(Collectors.joining());
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> escaped(cell.strip()))
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** What means something in Markdown, as it is. */
  public static String escaped(String text) {
    return text.replaceAll("([*~_|<>\\[\\]])", "\\\\$1");
  }
}
