// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

/**
 * What one benchmark gave with one parameter.
 *
 * @param benchmark its class and method
 * @param size of the blocks in bytes; empty where that is no parameter
 * @param nanosPerCall mean
 * @param errorNanos half of the interval of 99.9 %; not a number of too few iterations
 * @param bytesPerCall allocated on the Java heap
 * @param garbageFree whether it promises to allocate nothing there
 */
public record MicroResult(
    String benchmark,
    String size,
    double nanosPerCall,
    double errorNanos,
    double bytesPerCall,
    boolean garbageFree) {

  // JMH itself allocates a little in each iteration; no object has less than 16 bytes.
  private static final double MOST_BYTES = 0.5;

  /** Whether it allocated although it promises not to. */
  public boolean breaksItsPromise() {
    return garbageFree && !(bytesPerCall < MOST_BYTES);
  }
}
