// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.nio.file.Path;

/** How much is in a trace. */
public record TraceCounts(long calls, int blocks, int threads) {

  /** Reads a trace; a file that is none, or is damaged, is bad usage. */
  public static TraceCounts of(Path file) {
    Trace trace = TraceReader.read(file);
    return new TraceCounts(trace.events().length, trace.slotCount(), trace.threadCount());
  }
}
