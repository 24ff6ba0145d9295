// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What {@link ScaleCounts} counted in a run. */
record ScaleFigures(ScaleScenario scenario, int threads, Map<String, Long> counts) {

  /** An operation without a lock takes so little of what a transfer takes: see docs/scale.md. */
  static final double OWN_COST = 0.05;

  /** And work under a lock so much. */
  static final double HOLD_COST = 1;

  /** Runs a scenario on an allocator of its own. */
  static ScaleFigures of(ScaleScenario scenario, int threads, int operations) {
    Map<String, Long> counts = new TreeMap<>();
    String argument = scenario + " " + threads + " " + operations;
    for (String line :
        FreshAllocator.run(ScaleLoad.class, argument, new ScaleClasses()).lines().toList()) {
      int sign = line.indexOf('=');
      counts.put(line.substring(0, sign), Long.parseLong(line.substring(sign + 1)));
    }
    return new ScaleFigures(scenario, threads, counts);
  }

  /** A count of a million operations. */
  double perMillion(String name) {
    return 1e6 * counts.getOrDefault(name, 0L) / counts.getOrDefault("operations", 0L);
  }

  /** With how many threads the busiest lock is never free, by the model. */
  double limit() {
    double whole = OWN_COST + perOperation("transfers") + HOLD_COST * perOperation("locks");
    double underLock =
        perOperation("busiest.transfers") + HOLD_COST * perOperation("busiest.taken");
    return whole / underLock;
  }

  private double perOperation(String name) {
    return perMillion(name) / 1e6;
  }

  private String busiest() {
    return counts.keySet().stream()
        .filter(name -> name.startsWith("busiest.is."))
        .map(name -> name.replace("busiest.is.", ""))
        .collect(Collectors.joining());
  }

  static String header() {
    return """
    | threads | locks | depot | slabs | superslabs | runs | kept | registry | handed over | busiest | atomics | without a lock | shared writes | transfers | live map | quiet | limit |
    |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
    """;
  }

  /** A row of the table in docs/scale.md. */
  String row() {
    StringBuilder row = new StringBuilder("| " + threads + " |");
    for (String name :
        new String[] {
          "locks",
          "lock.Depot",
          "lock.SlabPool",
          "lock.Superslabs",
          "lock.Runs",
          "lock.KeptMemory",
          "lock.FrontCaches",
          "handOvers"
        }) {
      row.append(number(perMillion(name)));
    }
    double share = 100 * perMillion("busiest.taken") / Math.max(1e-9, perMillion("locks"));
    row.append(String.format(Locale.ROOT, " %.0f %% (%s) |", share, busiest()));
    for (String name :
        new String[] {
          "atomics", "atomicsWithoutLock", "sharedWrites", "transfers", "line.LiveMap"
        }) {
      row.append(number(perMillion(name)));
    }
    row.append(String.format(Locale.ROOT, " %.1f %% |", perMillion("quiet") / 1e4));
    return row.append(threads == 1 ? " – |" : number(limit())).append('\n').toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, " %,.0f |", value);
  }
}
