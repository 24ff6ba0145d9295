// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.workload.Workload;
import java.util.ArrayList;
import java.util.List;

/**
 * What a child process is asked to do.
 *
 * @param words mode, workload and arguments: the same for JVM and native children
 */
record Request(List<String> words) {
  static final String TIMED = "timed";
  static final String COLD = "cold";
  static final String MEMORY = "memory";
  static final String LATENCY = "latency";

  /** An untimed pass, then a timed one. */
  static Request timed(Workload workload) {
    return timed(workload, 0);
  }

  /** The same, with timed passes repeated until they took this long. */
  static Request timed(Workload workload, int leastMillis) {
    return of(List.of(TIMED, Integer.toString(leastMillis)), workload);
  }

  /** The first operations of a fresh process. */
  static Request cold(Workload workload) {
    return of(List.of(COLD), workload);
  }

  /** Passes in which each call is timed. */
  static Request latency(Workload workload) {
    return of(List.of(LATENCY), workload);
  }

  /** One pass with whole blocks touched, sampled after an allocation; 0 for never. */
  static Request memory(Workload workload, long sampleAt) {
    return of(List.of(MEMORY, Long.toString(sampleAt)), workload);
  }

  private static Request of(List<String> mode, Workload workload) {
    List<String> words = new ArrayList<>(mode);
    words.add(workload.name());
    words.addAll(workload.childArguments());
    return new Request(List.copyOf(words));
  }
}
