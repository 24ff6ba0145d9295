// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.profile.ProfileReport.Paths;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The seed's figures and ours as rows of text, the head first. */
final class SideBySide {
  static final String NONE = "–";

  private static final double KERNEL_PERCENT = 2;
  private static final double CLASSIFICATION_PERCENT = 35;
  private static final double FREE_TO_ALLOC = 1.36;

  private final SeedPlan plan;
  private final SeedResults results;

  SideBySide(SeedPlan plan, SeedResults results) {
    this.plan = plan;
    this.results = results;
  }

  /** What the seed measured, and the same of hakmem. */
  List<List<String>> figures() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(head("the seed: 500,000 operations, 256 slots"));
    add(rows, "throughput, M ops/s", "8.31", it -> speed(it, SubjectCatalog.HAKMEM));
    add(rows, "throughput of the system's malloc", "77 (9.3 times)", SideBySide::system);
    add(rows, "samples", "90", it -> Optional.of("" + it.samples()));
    add(rows, "kernel", "86.17 %", it -> percent(it.kernelPercent()));
    add(rows, "alloc path", "5.86 %", it -> both(it, Paths::alloc, " %"));
    add(rows, "free path", "7.97 %", it -> both(it, Paths::free, " %"));
    add(rows, "free / alloc", "1.36", it -> both(it, Paths::ratio, ""));
    add(rows, "classification", "3.65 %", it -> both(it, Paths::classification, " %"));
    add(
        rows,
        "… of the allocator's own time",
        "26 % (3.65 of 13.83)",
        it -> both(it, Paths::classificationOfAllocator, " %"));
    add(rows, "refill among the top 10", "no", it -> Optional.of(refillIsHot(it) ? "yes" : "no"));
    add(rows, "refill", NONE, it -> both(it, Paths::refill, " %"));
    add(rows, "front cache hits", NONE, it -> Optional.of(number(hits(it), 3) + " %"));
    add(rows, "calls of the system while sampled", NONE, it -> Optional.of("" + calls(it)));
    add(rows, "hottest function", "__pte_offset_map_lock, 5.57 %", SideBySide::hottest);
    return rows;
  }

  /** What is to be reached, and whether it is. */
  List<List<String>> bars() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(head("bar"));
    add(
        rows,
        "kernel's share of the samples",
        "≤ 2 %",
        it -> percent(it.kernelPercent()).map(text -> text + met(it.kernelPercent())));
    add(
        rows,
        "classification and checks, share of the allocator's own time",
        "≤ 35 %",
        it -> judged(it, Paths::classificationOfAllocator, CLASSIFICATION_PERCENT, " %"));
    add(
        rows,
        "calls of the system in the steady state",
        "0",
        it -> Optional.of(calls(it) + (calls(it) == 0 ? ": met" : ": not met")));
    add(
        rows,
        "free path / alloc path",
        "≤ 1.36",
        it -> judged(it, Paths::ratio, FREE_TO_ALLOC, ""));
    return rows;
  }

  private List<String> head(String second) {
    List<String> head = new ArrayList<>(List.of("", second));
    plan.profiles().forEach(it -> head.add("hakmem: " + it.words()));
    return head;
  }

  private void add(
      List<List<String>> rows,
      String what,
      String seed,
      Function<ProfileReport, Optional<String>> ours) {
    List<String> row = new ArrayList<>(List.of(what, seed));
    plan.profiles().forEach(it -> row.add(results.profile(it).flatMap(ours).orElse(NONE)));
    rows.add(row);
  }

  private static Optional<String> speed(ProfileReport report, String subject) {
    return Optional.ofNullable(report.throughput().get(subject)).map(it -> number(it / 1e6, 2));
  }

  private static Optional<String> system(ProfileReport report) {
    Double ours = report.throughput().get(SubjectCatalog.HAKMEM);
    Double system = report.throughput().get(SubjectCatalog.GLIBC);
    return ours == null || system == null
        ? Optional.empty()
        : Optional.of(number(system / 1e6, 2) + " (" + number(system / ours, 2) + " times)");
  }

  private static Optional<String> hottest(ProfileReport report) {
    return report.functions().stream()
        .findFirst()
        .map(it -> it.name() + ", " + number(it.percent(), 2) + " %");
  }

  private static Optional<String> percent(@Nullable Double value) {
    return Optional.ofNullable(value).map(it -> number(it, 2) + " %");
  }

  private static String met(@Nullable Double kernelPercent) {
    return kernelPercent != null && kernelPercent <= KERNEL_PERCENT ? ": met" : ": not met";
  }

  /** As it runs; out of line. */
  private static Optional<String> both(
      ProfileReport report, Function<Paths, @Nullable Double> value, String unit) {
    Double inlined = value.apply(report.paths());
    Paths paths = report.outOfLine();
    Double outOfLine = paths == null ? null : value.apply(paths);
    return Optional.of(
        (inlined == null ? NONE : number(inlined, 2) + unit)
            + "; "
            + (outOfLine == null ? NONE : number(outOfLine, 2) + unit));
  }

  private static Optional<String> judged(
      ProfileReport report, Function<Paths, @Nullable Double> value, double most, String unit) {
    Double inlined = value.apply(report.paths());
    Paths paths = report.outOfLine();
    Double outOfLine = paths == null ? null : value.apply(paths);
    boolean first = inlined != null && inlined <= most;
    boolean second = outOfLine != null && outOfLine <= most;
    String verdict =
        first && second
            ? ": met"
            : first || second
                ? ": met " + (first ? "as it runs" : "out of line") + " only"
                : ": not met";
    return both(report, value, unit).map(text -> text + verdict);
  }

  static boolean refillIsHot(ProfileReport report) {
    return report.functions().stream()
        .map(ProfileReport.Function::name)
        .anyMatch(name -> name.contains("refill") || name.contains("SlabPool"));
  }

  static double hits(ProfileReport report) {
    long requests = report.classes().stream().mapToLong(ProfileReport.ClassRow::requests).sum();
    return requests == 0 ? 0 : 100.0 * Math.max(0, requests - misses(report)) / requests;
  }

  static long misses(ProfileReport report) {
    return report.classes().stream().mapToLong(ProfileReport.ClassRow::misses).sum();
  }

  static long calls(ProfileReport report) {
    return report.osCalls().values().stream().mapToLong(Long::longValue).sum();
  }

  static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
