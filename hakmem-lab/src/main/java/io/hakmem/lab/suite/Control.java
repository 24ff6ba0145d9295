// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.subject.SubjectCatalog;
import java.util.List;
import java.util.Optional;

/**
 * Whether the suite finds a subject that is known to be slower: the same means, intervals and noise
 * floor as everybody's. A suite that does not find it would find no loss of that size either.
 *
 * @param subject that was planted
 * @param percent how much longer it takes
 * @param score how many times as fast hakmem is
 * @param found whether the mean over all workloads shows it
 * @param foundIn workloads that show it each by itself
 */
public record Control(String subject, int percent, Score score, boolean found, int foundIn) {
  /** Empty if hakmem or the planted subject gave no result. */
  static Optional<Control> of(List<Outcome> outcomes) {
    long foundIn = outcomes.stream().filter(it -> it.plantedVerdict() == Verdict.FASTER).count();
    return new Standings(outcomes)
        .against(SubjectCatalog.HAKMEM, SubjectCatalog.PLANTED)
        .map(Standing::time)
        .map(
            score ->
                new Control(
                    SubjectCatalog.PLANTED,
                    SubjectCatalog.PLANTED_PERCENT,
                    score,
                    score.verdict() == Verdict.FASTER,
                    (int) foundIn));
  }
}
