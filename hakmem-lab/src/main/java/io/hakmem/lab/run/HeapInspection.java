// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks into hakmem's heap while a workload runs on it in a process of its own. */
public final class HeapInspection {
  private HeapInspection() {}

  /** Runs one pass, whole blocks touched. */
  public static HeapSamples of(Workload workload, JvmOptions options) throws RunFailure {
    try {
      Path file = Files.createTempFile("hakmem-heap", ".json");
      try {
        long sampleAt = workload.peak().map(Peak::allocation).orElse(0L);
        List<String> words = new ArrayList<>(List.of(file.toString(), "" + sampleAt));
        words.add(workload.name());
        words.addAll(workload.childArguments());
        new ChildProcess(ChildProcess.RUN_LIMIT)
            .output(new JvmLaunchers(options).command(HeapChild.class, words));
        return new ObjectMapper().readValue(file.toFile(), HeapSamples.class);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
