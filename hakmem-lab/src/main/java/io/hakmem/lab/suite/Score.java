// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.compare.Interval;
import io.hakmem.lab.compare.Matchup;
import io.hakmem.lab.compare.NoiseFloor;
import io.hakmem.lab.compare.NoiseFloor.Twins;
import io.hakmem.lab.compare.Ratio;
import io.hakmem.lab.compare.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A geometric mean over workloads: how many times as fast.
 *
 * @param workloads that it is made of
 * @param ratio above one if the subject is faster than its opponent
 * @param interval where the ratio lies, 95 %; about these workloads, not about others
 * @param noiseFloorPercent what two sets of runs of the same program may differ by in this mean;
 *     absent where it is not known, and then no difference is shown
 * @param verdict what the runs show
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Score(
    int workloads,
    double ratio,
    Interval interval,
    @Nullable Double noiseFloorPercent,
    Verdict verdict) {

  /** The mean of at least one. */
  static Score of(List<Matchup> matchups, List<Twins> twins) {
    Ratio mean = Matchup.mean(matchups);
    if (twins.isEmpty()) {
      return new Score(
          matchups.size(), mean.value(), mean.interval(), null, Verdict.NO_DIFFERENCE_SHOWN);
    }
    NoiseFloor floor = NoiseFloor.ofMean(twins);
    return new Score(
        matchups.size(),
        mean.value(),
        mean.interval(),
        100 * floor.difference(),
        Verdict.of(mean, floor));
  }
}
