// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the numbers of a child's result line. */
final class Answer {
  private Answer() {}

  static long required(Map<String, String> result, String key) throws RunFailure {
    return optional(result, key).orElseThrow(() -> new RunFailure("the result lacks " + key));
  }

  static OptionalLong optional(Map<String, String> result, String key) {
    String value = result.get(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value));
  }

  /** All that begin with the prefix, by what follows it. */
  static SortedMap<String, Long> all(Map<String, String> result, String prefix) {
    SortedMap<String, Long> values = new TreeMap<>();
    result.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            values.put(key.substring(prefix.length()), Long.valueOf(value));
          }
        });
    return values;
  }
}
