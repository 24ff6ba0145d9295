// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that one look into hakmem's heap is: {@code FILE SAMPLE-AT WORKLOAD ARGUMENT…};
 * writes {@link HeapSamples} as JSON to the file.
 */
public final class HeapChild {
  private HeapChild() {}

  /** Runs one pass; a failure of any thread ends the process. */
  public static void main(String[] arguments) throws IOException {
    JvmChild.endWithAnyThread();
    List<String> words = List.of(arguments);
    long sampleAt = Long.parseLong(words.get(1));
    Workload workload = WorkloadCatalog.parseInChild(words.get(2), words.subList(3, words.size()));
    HeapWatch watch = new HeapWatch(sampleAt);
    workload.inStep().pass(watch::open);
    HeapSamples samples = new HeapSamples(sampleAt > 0, watch.highest(), watch.now());
    new ObjectMapper().writeValue(Path.of(words.getFirst()).toFile(), samples);
  }
}
