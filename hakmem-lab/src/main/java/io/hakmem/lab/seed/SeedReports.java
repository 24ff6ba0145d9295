// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.AbReport.Against;
import io.hakmem.lab.ab.AbReport.ArmReport;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import io.hakmem.lab.seed.SeedPlan.Step;
import io.hakmem.lab.seed.SeedReport.Conclusion;
import io.hakmem.lab.seed.SeedReport.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sums the steps up. */
public final class SeedReports {
  static final String DRAIN = "Step 2: drain interval";
  static final String CACHE = "Step 3: front cache";
  static final String REFILL = "Step 4: refill";
  static final String CLASSIFICATION = "Classification";
  static final String REFILL_RULE =
      "refill is worth work if more than 1 % of the requests miss, or refill takes more than 5 % of"
          + " the samples, or one of its functions is among the top 10";

  private static final double HITS_PERCENT = 99;
  private static final double REFILL_PERCENT = 5;

  private SeedReports() {}

  /**
   * The overview.
   *
   * @param command that repeats it
   * @param date of its end
   */
  public static SeedReport of(SeedPlan plan, SeedResults results, String command, String date) {
    SideBySide rows = new SideBySide(plan, results);
    return new SeedReport(
        command,
        date,
        environment(results),
        rows.figures(),
        rows.bars(),
        List.of(
            defaults(DRAIN, Step.DRAIN_INTERVAL, plan, results),
            defaults(CACHE, Step.FRONT_CACHE, plan, results),
            refill(plan, results),
            classification(plan, results)),
        pages(plan),
        html(plan, results),
        missing(plan, results));
  }

  private static @Nullable EnvironmentReport environment(SeedResults results) {
    return Stream.concat(
            results.profiles().values().stream().map(ProfileReport::environment),
            results.comparisons().values().stream().map(AbReport::environment))
        .findFirst()
        .orElse(null);
  }

  private static Conclusion defaults(String name, Step step, SeedPlan plan, SeedResults results) {
    boolean complete = plan.of(step).stream().allMatch(it -> results.isComplete(it.key()));
    return Defaults.of(name, results.comparisons(plan, step), complete);
  }

  private static Conclusion refill(SeedPlan plan, SeedResults results) {
    List<ProfileReport> profiles = profiles(plan, results);
    if (profiles.isEmpty()) {
      return new Conclusion(REFILL, "nothing is measured", REFILL_RULE);
    }
    List<String> worth =
        profiles.stream().filter(SeedReports::refillPays).map(ProfileReport::workload).toList();
    double most = profiles.stream().mapToDouble(it -> it.paths().refill()).max().orElse(0);
    double least = profiles.stream().mapToDouble(SideBySide::hits).min().orElse(0);
    String figures =
        String.format(Locale.ROOT, ": at least %.2f %% hits, at most %.2f %% refill", least, most);
    return new Conclusion(
        REFILL,
        (worth.isEmpty() ? "needs no more work" : "worth work: " + String.join(", ", worth))
            + figures,
        REFILL_RULE);
  }

  private static boolean refillPays(ProfileReport report) {
    return SideBySide.hits(report) < HITS_PERCENT
        || report.paths().refill() > REFILL_PERCENT
        || SideBySide.refillIsHot(report);
  }

  private static Conclusion classification(SeedPlan plan, SeedResults results) {
    String rule =
        "what the checks cost is the time without any of them against the time with all; no faster"
            + " classification that still checks can win more";
    Optional<Against> against =
        results.comparisons(plan, Step.CLASSIFICATION).stream()
            .map(it -> it.arms().getLast())
            .map(ArmReport::against)
            .filter(Objects::nonNull)
            .findFirst();
    if (against.isEmpty() || against.get().ratio() == null) {
      return new Conclusion(CLASSIFICATION, "nothing is measured", rule);
    }
    return new Conclusion(
        CLASSIFICATION,
        String.format(
            Locale.ROOT,
            "without any check × %.3f of the throughput: %s",
            against.get().ratio(),
            switch (against.get().time()) {
              case FASTER -> "the checks cost something";
              case SLOWER -> "slower, so it is not the checks";
              case NO_DIFFERENCE_SHOWN -> "no difference shown";
            }),
        rule);
  }

  static List<ProfileReport> profiles(SeedPlan plan, SeedResults results) {
    return plan.profiles().stream().map(results::profile).flatMap(Optional::stream).toList();
  }

  private static List<Page> pages(SeedPlan plan) {
    List<Page> pages = new ArrayList<>();
    plan.profiles()
        .forEach(it -> pages.add(new Page("Step 1: profile of " + it.words(), step1(it))));
    pages.add(new Page(DRAIN, "step-2-drain-interval"));
    pages.add(new Page(CACHE, "step-3-front-cache"));
    pages.add(new Page(REFILL, "step-4-refill"));
    pages.add(new Page(CLASSIFICATION, "classification"));
    return pages;
  }

  private static List<Page> html(SeedPlan plan, SeedResults results) {
    List<Page> pages = new ArrayList<>();
    plan.profiles().stream()
        .filter(it -> results.profiles().containsKey(it.key()))
        .forEach(it -> pages.add(new Page("profile of " + it.words(), inFolder(it.key()))));
    plan.experiments().stream()
        .filter(it -> results.comparisons().containsKey(it.key()))
        .forEach(it -> pages.add(new Page(it.key() + ": " + it.words(), inFolder(it.key()))));
    return pages;
  }

  private static String inFolder(String key) {
    return key + "/index.html";
  }

  static String step1(SeedPlan.Profile profile) {
    return "step-1-" + profile.key();
  }

  private static List<String> missing(SeedPlan plan, SeedResults results) {
    List<String> missing = new ArrayList<>();
    plan.profiles().stream()
        .filter(it -> !results.profiles().containsKey(it.key()))
        .forEach(it -> missing.add("profile of " + it.words() + why(results, it.key())));
    plan.experiments().stream()
        .filter(it -> !results.isComplete(it.key()))
        .forEach(
            it ->
                missing.add(
                    it.key() + " (" + it.words() + "), in whole or part" + why(results, it.key())));
    return missing;
  }

  private static String why(SeedResults results, String key) {
    return Optional.ofNullable(results.failures().get(key)).map(it -> ": " + it).orElse("");
  }
}
