// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbText;
import io.hakmem.lab.profile.ProfileMarkdown;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.report.MarkdownTable;
import io.hakmem.lab.seed.SeedPlan.Step;
import io.hakmem.lab.seed.SeedReport.Conclusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** All steps as pages of Markdown, to be kept with the project. */
public final class SeedPages {
  private static final String OVERVIEW = "README";

  private final SeedPlan plan;
  private final SeedResults results;
  private final SeedReport report;

  private SeedPages(SeedPlan plan, SeedResults results, SeedReport report) {
    this.plan = plan;
    this.results = results;
    this.report = report;
  }

  /** Writes all pages into the folder. */
  public static void write(Path folder, SeedPlan plan, SeedResults results, SeedReport report)
      throws IOException {
    for (Map.Entry<String, String> page : of(plan, results, report).entrySet()) {
      Files.writeString(folder.resolve(page.getKey() + ".md"), page.getValue());
    }
  }

  /** The pages by name. */
  static Map<String, String> of(SeedPlan plan, SeedResults results, SeedReport report) {
    SeedPages all = new SeedPages(plan, results, report);
    Map<String, String> pages = new TreeMap<>();
    pages.put(OVERVIEW, all.overview());
    for (SeedPlan.Profile profile : plan.profiles()) {
      results
          .profile(profile)
          .ifPresent(it -> pages.put(SeedReports.step1(profile), ProfileMarkdown.page(it)));
    }
    pages.put("step-2-drain-interval", all.drain());
    pages.put("step-3-front-cache", all.cache());
    pages.put("step-4-refill", all.refill());
    pages.put("classification", all.classification());
    return pages;
  }

  private String overview() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # The plan that this project began with, run on hakmem

        It began with the profile of an allocator in C, 90 samples of a run of 60 ms, and a plan: profile it, try the interval at which
        caches drain, tune the front cache, then refill, then the classification of pointers. These pages are that plan, measured on
        hakmem by one command. The seed's figures are quoted from that profile.

        """);
    page.append(origin());
    page.append("\n## Side by side\n\n").append(MarkdownTable.of(report.sideBySide()));
    page.append(
        """

        Where there are two shares, the first is of the program as it runs, the second of one whose hot functions are kept out of line.
        The seed's kernel share is what is left of its user space; its 256 is the number of slots, not a block size: sizes are 16 to 1039 bytes.

        ## Bars

        """);
    page.append(MarkdownTable.of(report.bars()));
    page.append("\n## Conclusions\n\n");
    report.conclusions().forEach(it -> page.append(conclusion(it)));
    page.append("\n## Pages\n\n");
    report.pages().stream()
        .filter(it -> !it.file().startsWith("step-1-") || isMeasured(it.file()))
        .forEach(it -> page.append("- [" + it.title() + "](" + it.file() + ".md)\n"));
    if (!report.missing().isEmpty()) {
      page.append("\n## What is missing\n\n");
      report.missing().forEach(it -> page.append("- " + MarkdownTable.escaped(it) + "\n"));
    }
    return page.toString();
  }

  private boolean isMeasured(String file) {
    return plan.profiles().stream()
        .anyMatch(it -> SeedReports.step1(it).equals(file) && results.profile(it).isPresent());
  }

  private String origin() {
    EnvironmentReport environment = report.environment();
    String text = "- command: `" + report.command() + "`\n- date: " + report.date() + "\n";
    if (environment == null) {
      return text;
    }
    return text
        + String.format(
            Locale.ROOT,
            "- machine: %s, %d cores, %s, JDK %s%n- commit: %s%n",
            environment.cpu(),
            environment.cores(),
            environment.kernel(),
            environment.jdk(),
            Objects.requireNonNullElse(environment.commit(), "unknown"));
  }

  private static String conclusion(Conclusion conclusion) {
    return "- **"
        + conclusion.step()
        + "**: "
        + MarkdownTable.escaped(conclusion.conclusion())
        + ". The rule: "
        + conclusion.rule()
        + ".\n";
  }

  private String concluded(String step) {
    return report.conclusions().stream()
        .filter(it -> it.step().equals(step))
        .map(SeedPages::conclusion)
        .findFirst()
        .orElse("");
  }

  private String drain() {
    return """
    # Step 2: drain interval

    After how many moved blocks a thread's cache gives back what it did not need since the last time. In the original system a drain was what
    made empty slabs reusable; in hakmem the counts of slabs are exact without it, and the interval trades memory against refills.
    The original's own runs of 12 ms, one each, had 512 ahead by 7.8 % with 128 slots and behind by 9.8 % with 256, and 2048 behind by 13.2 %
    and ahead by 18.3 %: opposite signs, so noise or chance.

    """
        + concluded(SeedReports.DRAIN)
        + comparisons(Step.DRAIN_INTERVAL);
  }

  private String cache() {
    return """
    # Step 3: front cache

    The most free blocks of a size class that a thread keeps, and how many are fetched at a miss: by its own knob up to 1024 bytes, by another
    above, so that one has a workload of blocks above.

    """
        + concluded(SeedReports.CACHE)
        + comparisons(Step.FRONT_CACHE);
  }

  private String classification() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("workload", "of all samples", "of the allocator's", "… out of line"));
    for (ProfileReport it : SeedReports.profiles(plan, results)) {
      ProfileReport.Paths outOfLine = it.outOfLine();
      rows.add(
          List.of(
              it.workload(),
              SideBySide.number(it.paths().classification(), 2) + " %",
              SideBySide.number(it.paths().classificationOfAllocator(), 1) + " %",
              outOfLine == null
                  ? SideBySide.NONE
                  : SideBySide.number(outOfLine.classificationOfAllocator(), 1) + " %"));
    }
    return """
    # Classification

    Which block an address is, and whether it may be freed. The original read a byte before the block, then a registry, then asked the system
    (`mincore`): 3.65 % of its samples, 26 % of its own time. In hakmem it is a byte of a map beside the blocks and an entry of the page map,
    and the same reads are the checks.

    """
        + concluded(SeedReports.CLASSIFICATION)
        + "\n## Its share\n\n"
        + MarkdownTable.of(rows)
        + "\n# With all checks, and without any\n"
        + comparisons(Step.CLASSIFICATION);
  }

  private String refill() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("workload", "requests", "misses", "hits", "refill", "drain", "among the top 10"));
    for (ProfileReport it : SeedReports.profiles(plan, results)) {
      long requests = it.classes().stream().mapToLong(ProfileReport.ClassRow::requests).sum();
      rows.add(
          List.of(
              it.workload(),
              "" + requests,
              "" + SideBySide.misses(it),
              SideBySide.number(SideBySide.hits(it), 3) + " %",
              SideBySide.number(it.paths().refill(), 2) + " %",
              SideBySide.number(it.paths().drain(), 2) + " %",
              SideBySide.refillIsHot(it) ? "yes" : "no"));
    }
    return """
    # Step 4: refill

    What happens when a thread's cache is empty. The plan makes this step depend on the others: only if they gain little and refill is hot.

    """
        + concluded(SeedReports.REFILL)
        + "\n## Profiles\n\n"
        + MarkdownTable.of(rows)
        + "\n## One pass of each comparison, at the defaults\n\n"
        + MarkdownTable.of(passes())
        + """

        ## What is done

        - A miss takes, in this order: a magazine that waits for this cache; ready blocks of its own slabs; pages for holes; a slab that nobody
          owns; fresh slices. A batch costs one lock, not one for each block.
        - A batch is as many blocks as the knob of its class says, at most what the cache may hold.
        - Refill restores nothing in the blocks: there are no headers, what is live stands in a map beside them.
        - Blocks freed by other threads come back as magazines, so a miss is what collects them, and no drain has to.
        """;
  }

  private List<List<String>> passes() {
    List<List<String>> rows = new ArrayList<>();
    List<String> names = List.of("hits", "misses", "refills", "drains", "remoteFrees");
    List<String> head = new ArrayList<>(List.of("workload"));
    head.addAll(names);
    rows.add(head);
    for (SeedPlan.Experiment experiment : plan.experiments()) {
      AbReport it = results.comparisons().get(experiment.key());
      if (it == null || it.arms().isEmpty() || experiment.sets().isEmpty()) {
        continue;
      }
      Map<String, AbReport.Counter> counters = it.arms().getFirst().counters();
      List<String> row = new ArrayList<>(List.of(experiment.words()));
      names.forEach(
          name -> {
            AbReport.Counter counter = counters.get(name);
            row.add(counter == null ? SideBySide.NONE : "" + counter.value());
          });
      if (rows.stream().noneMatch(row::equals)) {
        rows.add(row);
      }
    }
    return rows;
  }

  private String comparisons(Step step) {
    StringBuilder text = new StringBuilder();
    for (SeedPlan.Experiment experiment : plan.of(step)) {
      text.append("\n## ").append(experiment.words()).append("\n\n");
      AbReport comparison = results.comparisons().get(experiment.key());
      if (comparison == null) {
        String why = results.failures().getOrDefault(experiment.key(), "not run");
        text.append("Not measured: ").append(MarkdownTable.escaped(why)).append(".\n");
        continue;
      }
      if (!experiment.sets().isEmpty()) {
        text.append("`" + comparison.command() + "`\n\n");
      }
      text.append("```\n").append(AbText.of(comparison)).append("```\n");
    }
    return text.toString();
  }
}
