// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.compare;

/**
 * Where a figure lies in {@link Bootstrap#CONFIDENCE} of all cases.
 *
 * @param low lower end
 * @param high upper end
 */
public record Interval(double low, double high) {
  public boolean contains(double value) {
    return low <= value && value <= high;
  }
}
