// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the allocator says of its calls of the system, and what the kernel says.
 *
 * @param atLeast by kind what the allocator counted while the kernel counted for sure
 * @param atMost the same and what it counted while the kernel began and ended to count
 * @param traced by kind what the kernel counted in the allocator's mappings
 * @param unavailable why the kernel was not asked; absent if it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OsCallCheck(
    SortedMap<String, Long> atLeast,
    SortedMap<String, Long> atMost,
    SortedMap<String, Long> traced,
    @Nullable String unavailable) {
  /** Whether a kind of calls was counted alike. */
  public boolean agrees(String kind) {
    Long calls = traced.get(kind);
    return calls != null
        && atLeast.getOrDefault(kind, 0L) <= calls
        && calls <= atMost.getOrDefault(kind, 0L);
  }

  /** Whether the kernel was asked, and all kinds agree. */
  public boolean agrees() {
    return unavailable == null && traced.keySet().stream().allMatch(this::agrees);
  }
}
