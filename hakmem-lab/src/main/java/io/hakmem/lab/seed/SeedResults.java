// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.profile.ProfileReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has been measured, by the keys of the plan, so that it can go on later.
 *
 * @param asked what was asked for; other experiments do not go on from here
 * @param profiles that are done
 * @param comparisons that have begun
 * @param failures of what is not done, one line each
 */
public record SeedResults(
    String asked,
    Map<String, ProfileReport> profiles,
    Map<String, AbReport> comparisons,
    Map<String, String> failures) {
  /** Nothing measured. */
  public static SeedResults empty(String asked) {
    return new SeedResults(
        asked, new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /** Whether a comparison has all its blocks. */
  public boolean isComplete(String key) {
    return Optional.ofNullable(comparisons.get(key))
        .filter(it -> it.blocks() == it.blocksAsked())
        .isPresent();
  }

  /** Whether everything of the plan is there. */
  public boolean isComplete(SeedPlan plan) {
    return plan.profiles().stream().allMatch(it -> profiles.containsKey(it.key()))
        && plan.experiments().stream().allMatch(it -> isComplete(it.key()));
  }

  Optional<ProfileReport> profile(SeedPlan.Profile profile) {
    return Optional.ofNullable(profiles.get(profile.key()));
  }

  /** Comparisons of a step that have a block at least. */
  List<AbReport> comparisons(SeedPlan plan, SeedPlan.Step step) {
    return plan.of(step).stream()
        .map(it -> Optional.ofNullable(comparisons.get(it.key())))
        .flatMap(Optional::stream)
        .filter(it -> it.blocks() > 0)
        .toList();
  }
}
