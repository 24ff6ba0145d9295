// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A list of things with the same properties, one line each or as JSON. */
public final class Listing {
  private final List<String> columns;
  private final List<Map<String, String>> items = new ArrayList<>();

  /** A listing with the names of its columns, which are also the fields of the JSON. */
  public Listing(String... columns) {
    this.columns = List.of(columns);
  }

  /** Adds an item: as many values as there are columns. */
  public void add(String... values) {
    Map<String, String> item = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      item.put(columns.get(i), values[i]);
    }
    items.add(item);
  }

  /** The items for JSON. */
  public List<Map<String, String>> items() {
    return List.copyOf(items);
  }

  /** A head, then one line an item, columns aligned. */
  public String format() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(columns);
    items.forEach(item -> rows.add(List.copyOf(item.values())));
    return TextTable.leftAligned(rows);
  }
}
