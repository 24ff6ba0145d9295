// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.tune;

import io.hakmem.HakmemConfig;
import io.hakmem.HakmemConfig.Knob;
import io.hakmem.lab.ab.Arm;
import io.hakmem.lab.ab.Arms;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The settings that a search tries: one knob each, below and above its default. */
public final class Candidates {
  /** Factors of the default; what lies outside a knob's range is left out. */
  private static final Map<String, List<Double>> FACTORS =
      Map.of(
          "tinyFastCap", List.of(0.25, 0.5, 2.0, 4.0),
          "tinySllDrainInterval", List.of(0.25, 0.5, 2.0, 8.0),
          "tinyRefillCountHot", List.of(0.5, 2.0),
          "tinyRefillCountMid", List.of(0.5, 2.0),
          "frontCacheBytes", List.of(0.25, 4.0));

  private Candidates() {}

  /** All of them, in the order of the knobs. */
  public static List<Arm> all() {
    List<Arm> arms = new ArrayList<>();
    for (Knob knob : HakmemConfig.knobs()) {
      for (double factor : FACTORS.getOrDefault(knob.component(), List.of())) {
        long value = Math.round(HakmemConfig.DEFAULT.value(knob) * factor);
        if (value >= knob.min() && value <= knob.max()) {
          arms.add(Arms.setting(knob, Long.toString(value)));
        }
      }
    }
    return arms;
  }
}
