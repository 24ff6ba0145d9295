// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.HakmemStats;
import io.hakmem.HakmemStats.SizeClassStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;

/** A sample as lines of text, for a terminal of at least 80 columns and 24 lines. */
public final class TopScreen {
  /*
   * Most important first, so that a lower terminal loses the end of the table of classes only:
   *
   *   head, committed and its parts, requests, calls of the system, the process;
   *   the map of superslabs, a fifth of the lines;
   *   the size classes that hold most memory.
   */

  private static final int MIN_WIDTH = 80;
  private static final int BAR = 28;
  private static final double MIB = 1 << 20;
  private static final String CLASSES = "%7s %6s %9s %8s %8s %8s %10s %8s %7s";

  private final JvmFacts facts;
  private final Duration interval;
  private final Look look;

  /** Screens of a JVM that is observed at intervals. */
  public TopScreen(JvmFacts facts, Duration interval, Look look) {
    this.facts = facts;
    this.interval = interval;
    this.look = look;
  }

  /** As a text without an end: 80 columns, every size class that has a slab. */
  public String plain(Sample sample) {
    StringBuilder text = new StringBuilder();
    for (AttributedString line : lines(sample, 0, MIN_WIDTH, Short.MAX_VALUE)) {
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /**
   * At most so many lines, each of at most so many columns.
   *
   * @param silentSeconds for how long there was no answer; 0 for a short while
   */
  List<AttributedString> lines(Sample sample, long silentSeconds, int width, int height) {
    List<AttributedString> lines = new ArrayList<>();
    HakmemStats stats = sample.now().stats();
    lines.add(head(sample, silentSeconds, width));
    lines.add(committed(stats));
    addParts(stats, lines);
    addActivity(sample, lines);
    lines.add(process(sample.now()));
    addKeptBack(stats.account(), lines);
    addMap(sample.now(), width, Math.clamp(height / 5, 1, 12), lines);
    addClasses(sample, height - lines.size(), lines);
    return lines.stream().limit(height).map(line -> line.columnSubSequence(0, width)).toList();
  }

  private AttributedString head(Sample sample, long silentSeconds, int width) {
    String up = duration(sample.now().epochMillis() - facts.startMillis());
    String beans = facts.beans() > 1 ? ", 1 of " + facts.beans() + " hakmems" : "";
    String right =
        silentSeconds > 0
            ? "no answer for " + silentSeconds + " s"
            : "up " + up + ", every " + seconds(interval);
    String left = "hakmem top  " + facts.pid() + " " + facts.name() + beans;
    int room = Math.max(width - right.length() - 2, 12);
    String cut = left.length() > room ? left.substring(0, room - 2) + ".." : left;
    return line()
        .styled(look.bold(), cut + " ".repeat(Math.max(width - cut.length() - right.length(), 2)))
        .styled(look.faint(), right)
        .toAttributedString();
  }

  // ---- memory

  private AttributedString committed(HakmemStats stats) {
    boolean limited = stats.limitBytes() != Long.MAX_VALUE;
    long whole = Math.max(limited ? stats.limitBytes() : stats.peakCommittedBytes(), 1);
    int filled = barLength(stats.committedBytes(), whole);
    int live = Math.min(barLength(stats.allocatedBytes(), whole), filled);
    String of = limited ? "limit " + Quantities.bytes(whole) : "peak, no limit";
    String share = String.format(Locale.ROOT, "%.0f %%", 100.0 * stats.committedBytes() / whole);
    return line()
        .append(String.format("%-10s %10s ", "committed", Quantities.bytes(stats.committedBytes())))
        .styled(look.styleOf('p'), repeated(look.bar(true), live))
        .styled(look.styleOf('r'), repeated(look.bar(false), filled - live))
        .styled(look.faint(), repeated(look.uncommitted(), BAR - filled))
        .append(" " + share + " of " + of)
        .toAttributedString();
  }

  private static int barLength(long part, long whole) {
    return Math.clamp(Math.round((double) BAR * part / whole), 0, BAR);
  }

  private static String repeated(char character, int count) {
    return String.valueOf(character).repeat(count);
  }

  private void addParts(HakmemStats stats, List<AttributedString> lines) {
    HakmemStats.Account it = stats.account();
    List<String> names =
        List.of("live", "caches", "depots", "in slabs", "rest", "pages", "maps", "areas");
    long[] parts = {
      it.allocatedBytes(),
      it.frontCacheBytes(),
      it.depotBytes(),
      it.freeInSlabsBytes(),
      it.slabRestBytes(),
      it.freePagesBytes(),
      it.liveMapBytes(),
      it.cacheAreaBytes()
    };
    StringBuilder head = new StringBuilder(String.format("%-7s", "  of it"));
    StringBuilder sizes = new StringBuilder(String.format("%-7s", "  MiB"));
    StringBuilder shares = new StringBuilder(String.format("%-7s", "  %"));
    for (int i = 0; i < parts.length; i++) {
      head.append(String.format("%9s", names.get(i)));
      sizes.append(String.format(Locale.ROOT, "%9.1f", parts[i] / MIB));
      double share = 100.0 * parts[i] / Math.max(stats.committedBytes(), 1);
      shares.append(String.format(Locale.ROOT, "%9.1f", share));
    }
    lines.add(line().styled(look.faint(), head.toString()).toAttributedString());
    lines.add(new AttributedString(sizes));
    lines.add(new AttributedString(shares));
  }

  private AttributedString process(Observation now) {
    HakmemStats stats = now.stats();
    return new AttributedString(
        "process    resident "
            + Quantities.bytes(now.residentBytes())
            + "   metadata "
            + Quantities.bytes(stats.metadataBytes())
            + "   stranded "
            + Quantities.bytes(stats.strandedBytes()));
  }

  /** What is kept back on purpose; most programs have none of it. */
  private static void addKeptBack(HakmemStats.Account it, List<AttributedString> lines) {
    if (it.quarantinedBytes() > 0 || it.guardBytes() > 0) {
      lines.add(
          new AttributedString(
              "kept back  quarantine "
                  + Quantities.bytes(it.quarantinedBytes())
                  + "   guards "
                  + Quantities.bytes(it.guardBytes())));
    }
  }

  // ---- activity

  private static void addActivity(Sample sample, List<AttributedString> lines) {
    HakmemStats stats = sample.now().stats();
    lines.add(
        new AttributedString(
            String.format(
                "requests   %s/s   hits %s   refills %s/s   drains %s/s",
                Quantities.rate(sample.perSecond(it -> it.hits() + it.misses())),
                Quantities.percent(sample.hitRate()),
                Quantities.rate(sample.perSecond(HakmemStats::refills)),
                Quantities.rate(sample.perSecond(HakmemStats::drains)))));
    lines.add(
        new AttributedString(
            String.format(
                "           remote frees %s/s   refaults %s/s   freed twice %s",
                Quantities.rate(sample.perSecond(HakmemStats::remoteFrees)),
                Quantities.rate(sample.perSecond(HakmemStats::refaults)),
                Quantities.count(stats.droppedBlocks()))));
    StringBuilder calls = new StringBuilder("OS calls ");
    new TreeMap<>(stats.osCalls())
        .forEach(
            (kind, count) -> {
              if (count > 0 || kind.equals("refused")) {
                Double rate = sample.perSecond(it -> it.osCalls().getOrDefault(kind, 0L));
                calls.append("  ").append(kind).append(' ').append(Quantities.count(count));
                if (rate != null && Math.round(rate) > 0) {
                  calls.append(" +").append(Quantities.rate(rate)).append("/s");
                }
              }
            });
    lines.add(new AttributedString(calls));
  }

  // ---- the map

  private void addMap(Observation now, int width, int rows, List<AttributedString> lines) {
    SliceCells map = SliceCells.of(now.superslabs(), width * rows);
    int each = map.slicesPerCell() * 64;
    String cell = each < 1024 ? each + " KiB" : each / 1024 + " MiB";
    AttributedStringBuilder head =
        line().append(now.superslabs().size() + " superslabs, a cell " + cell + ": ");
    legend(head, 't', "<=1K");
    legend(head, 'p', "<=32K");
    legend(head, 'r', "<=1M");
    legend(head, 'h', "larger");
    lines.add(head.append("- free " + look.uncommitted() + " returned").toAttributedString());
    for (int from = 0; from < map.cells().size(); from += width) {
      AttributedStringBuilder row = line();
      for (SliceCells.Cell it :
          map.cells().subList(from, Math.min(from + width, map.cells().size()))) {
        row.styled(look.styleOf(it.content()), String.valueOf(look.characterOf(it)));
      }
      lines.add(row.toAttributedString());
    }
  }

  private void legend(AttributedStringBuilder line, char content, String name) {
    line.styled(look.styleOf(content), String.valueOf(look.legendOf(content)))
        .append(" " + name + " ");
  }

  // ---- the classes

  private void addClasses(Sample sample, int room, List<AttributedString> lines) {
    List<SizeClassStats> classes = sample.now().stats().sizeClasses();
    List<Integer> held =
        IntStream.range(0, classes.size())
            .boxed()
            .filter(i -> classes.get(i).slabs() > 0)
            .sorted(Comparator.comparingLong((Integer i) -> -classes.get(i).slabBytes()))
            .toList();
    lines.add(
        line()
            .styled(
                look.faint(),
                String.format(
                    CLASSES,
                    "block B",
                    "slabs",
                    "memory",
                    "live",
                    "cached",
                    "free",
                    "requests/s",
                    "hits",
                    "unused"))
            .toAttributedString());
    int shown = held.size() < room ? held.size() : Math.max(room - 2, 0);
    held.stream().limit(shown).forEach(i -> lines.add(row(sample, classes.get(i), i)));
    if (shown < held.size()) {
      lines.add(
          line()
              .styled(look.faint(), (held.size() - shown) + " smaller ones in a higher window")
              .toAttributedString());
    }
  }

  private static AttributedString row(Sample sample, SizeClassStats it, int sizeClass) {
    return new AttributedString(
        String.format(
            CLASSES,
            it.blockBytes(),
            it.slabs(),
            Quantities.bytes(it.slabBytes()),
            Quantities.count(it.liveBlocks()),
            Quantities.count(it.cachedBlocks()),
            Quantities.count(it.freeBlocks()),
            Quantities.rate(sample.requestsPerSecond(sizeClass)),
            Quantities.percent(sample.hitRate(sizeClass)),
            Quantities.roughPercent(Sample.fragmentation(it))));
  }

  private static AttributedStringBuilder line() {
    return new AttributedStringBuilder();
  }

  private static String duration(long millis) {
    Duration it = Duration.ofMillis(Math.max(millis, 0));
    return String.format("%d:%02d:%02d", it.toHours(), it.toMinutesPart(), it.toSecondsPart());
  }

  static String seconds(Duration interval) {
    double seconds = interval.toMillis() / 1000.0;
    return seconds == Math.rint(seconds) ? (long) seconds + " s" : seconds + " s";
  }
}
