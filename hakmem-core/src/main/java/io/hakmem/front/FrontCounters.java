// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.slab.SizeClasses;

/** What one front cache counts on its slow paths. Written by its owner, read by anyone. */
final class FrontCounters {

  final long[] misses = new long[SizeClasses.MAX_CLASS + 1];

  /** Times that a stack was full. */
  final long[] overflows = new long[SizeClasses.MAX_CLASS + 1];

  long refills;
  long drains;
  long dropped;
  long capacityGrowths;
  long capacityShrinks;
}
