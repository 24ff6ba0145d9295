// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import io.hakmem.Hakmem;
import io.hakmem.control.Allocator;
import java.util.Objects;

/** The allocator under test, started. */
public final class Heap {

  private Heap() {}

  public static Allocator allocator() {
    Allocator allocator = Allocator.current();
    if (allocator == null) {
      Hakmem.free(Hakmem.allocate(1));
      allocator = Allocator.current();
    }
    return Objects.requireNonNull(allocator);
  }
}
