// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.tune;

import io.hakmem.lab.ab.AbReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a search has measured, so that it can go on later.
 *
 * @param search what was asked for; another search does not go on from here
 * @param rungs for each rung its blocks, each the log ratios of the candidates by label
 * @param confirmed comparisons of the best with the defaults, in the order of the workloads
 */
public record TuneState(
    String search, List<List<Map<String, Double>>> rungs, List<AbReport> confirmed) {
  /** Nothing measured. */
  public static TuneState empty(String search) {
    return new TuneState(search, new ArrayList<>(), new ArrayList<>());
  }

  List<Map<String, Double>> rung(int rung) {
    while (rungs.size() <= rung) {
      rungs.add(new ArrayList<>());
    }
    return rungs.get(rung);
  }
}
