// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.HakmemStats;
import io.hakmem.lab.report.HeapReport.Moment;
import io.hakmem.lab.report.HeapReport.SizeClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The terminal's view of hakmem's heap: where every byte is, and each size class. */
public final class HeapText {
  private static final double MIB = 1 << 20;

  private final HeapReport report;
  private final List<Moment> moments = new ArrayList<>();

  /** A view of a report. */
  public HeapText(HeapReport report) {
    this.report = report;
    if (report.atPeak() != null) {
      moments.add(report.atPeak());
    }
    moments.add(report.atEnd());
  }

  /** The whole text. */
  public String format() {
    StringBuilder text = new StringBuilder();
    text.append(report.workload()).append(' ').append(String.join(" ", report.args()));
    if (report.threads() != null) {
      text.append(" --threads ").append(report.threads());
    }
    text.append('\n').append(accounts());
    Moment peak = report.atPeak();
    if (peak == null) {
      return text.append("nothing was allocated\n").toString();
    }
    if (!report.peakIsExact()) {
      text.append("threads decide when the peak is: at most a sixteenth more was live\n");
    }
    return text.append("\nsize classes at peak live\n").append(classes(peak)).toString();
  }

  // ---- the account

  private String accounts() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(head());
    add(rows, "requested by the program", Moment::requestedBytes);
    add(
        rows,
        "  rounded up in blocks",
        moment -> account(moment).allocatedBytes() - moment.requestedBytes());
    add(rows, "allocated", moment -> account(moment).allocatedBytes());
    if (account(report.atEnd()).quarantinedBytes() > 0) {
      add(rows, "  in quarantine", moment -> account(moment).quarantinedBytes());
    }
    add(rows, "  in threads' caches", moment -> account(moment).frontCacheBytes());
    add(rows, "  in depots", moment -> account(moment).depotBytes());
    add(rows, "  free in slabs", moment -> account(moment).freeInSlabsBytes());
    add(rows, "  rest of slabs", moment -> account(moment).slabRestBytes());
    add(rows, "  free pages", moment -> account(moment).freePagesBytes());
    add(rows, "  live map", moment -> account(moment).liveMapBytes());
    add(rows, "  cache areas", moment -> account(moment).cacheAreaBytes());
    if (account(report.atEnd()).guardBytes() > 0) {
      add(rows, "  slots of guarded samples", moment -> account(moment).guardBytes());
    }
    add(rows, "committed", moment -> moment.stats().committedBytes());
    add(rows, "  the most until then", moment -> moment.stats().peakCommittedBytes());
    add(rows, "stranded in threads' caches", moment -> moment.stats().strandedBytes());
    for (HakmemStats.Mapping mapping : report.atEnd().stats().mappings()) {
      add(
          rows,
          "resident: " + mapping.name(),
          moment -> moment.residentByMapping().getOrDefault(mapping.name(), 0L));
    }
    add(rows, "metadata", moment -> moment.stats().metadataBytes());
    add(rows, "  of it on the Java heap", moment -> moment.stats().heapMetadataBytes());
    add(rows, "reserved address space", moment -> moment.stats().reservedBytes());
    return TextTable.ofNumbers(rows);
  }

  private List<String> head() {
    List<String> head = new ArrayList<>(List.of("MiB"));
    if (report.atPeak() != null) {
      head.addAll(List.of("at peak live", "of committed"));
    }
    head.addAll(List.of("at the end", "of committed"));
    return head;
  }

  private void add(List<List<String>> rows, String name, ToLongFunction<Moment> bytes) {
    List<String> row = new ArrayList<>(List.of(name));
    for (Moment moment : moments) {
      long value = bytes.applyAsLong(moment);
      double share = (double) value / moment.stats().committedBytes();
      row.add(String.format(Locale.ROOT, "%.3f", value / MIB));
      row.add(share > 10 ? "" : percent(share));
    }
    rows.add(row);
  }

  private static HakmemStats.Account account(Moment moment) {
    return moment.stats().account();
  }

  // ---- the classes

  private static String classes(Moment moment) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "block B",
            "slabs",
            "slab KiB",
            "carved",
            "live",
            "free",
            "cached",
            "requested KiB",
            "internal",
            "external"));
    moment.classes().forEach(it -> rows.add(row(it)));
    rows.add(
        List.of(
            "larger",
            "",
            "",
            "",
            "",
            "",
            "",
            kibibytes(moment.larger().requestedBytes()),
            percent(moment.larger().internalFragmentation()),
            ""));
    rows.add(total(moment));
    return TextTable.ofNumbers(rows)
        + "internal: of the live blocks' bytes, not asked for; external: of the slabs' bytes, free"
        + " in them\n";
  }

  private static List<String> row(SizeClass it) {
    return List.of(
        "" + it.blockBytes(),
        "" + it.slabs(),
        kibibytes(it.slabBytes()),
        "" + it.carvedBlocks(),
        "" + it.liveBlocks(),
        "" + it.freeBlocks(),
        "" + it.cachedBlocks(),
        kibibytes(it.requestedBytes()),
        percent(it.internalFragmentation()),
        percent(it.externalFragmentation()));
  }

  private static List<String> total(Moment moment) {
    return List.of(
        "all",
        sum(moment, SizeClass::slabs),
        kibibytes(moment.classes().stream().mapToLong(SizeClass::slabBytes).sum()),
        sum(moment, SizeClass::carvedBlocks),
        sum(moment, SizeClass::liveBlocks),
        sum(moment, SizeClass::freeBlocks),
        sum(moment, SizeClass::cachedBlocks),
        kibibytes(moment.requestedBytes()),
        percent(moment.internalFragmentation()),
        percent(moment.externalFragmentation()));
  }

  private static String sum(Moment moment, ToLongFunction<SizeClass> value) {
    return "" + moment.classes().stream().mapToLong(value).sum();
  }

  private static String kibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1024.0);
  }

  private static String percent(@Nullable Double share) {
    return share == null ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
