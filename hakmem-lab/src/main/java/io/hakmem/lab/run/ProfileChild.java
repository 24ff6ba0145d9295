// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.HakmemStats.SizeClassStats;
import io.hakmem.lab.measure.CpuTime;
import io.hakmem.lab.measure.Profiler;
import io.hakmem.lab.subject.HakmemSubject;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The program that one profile is: {@code FILE FLAME-GRAPH MILLIS SAMPLES WORKLOAD ARGUMENT…};
 * writes {@link ProfileSamples} as JSON to the file.
 */
public final class ProfileChild {
  private static final long MAX_NANOS = 60_000_000_000L; // where samples are rare

  private ProfileChild() {}

  /** Profiles passes after untimed ones; a failure of any thread ends the process. */
  public static void main(String[] arguments) throws IOException {
    JvmChild.endWithAnyThread();
    List<String> words = List.of(arguments);
    long leastNanos = 1_000_000 * Long.parseLong(words.get(2));
    long leastSamples = Long.parseLong(words.get(3));
    Workload workload = WorkloadCatalog.parseInChild(words.get(4), words.subList(5, words.size()));
    for (long nanos = 0; nanos < leastNanos; ) {
      nanos += workload.pass(HakmemSubject::new);
    }
    HakmemStats before = Hakmem.stats();
    CpuTime cpuBefore = CpuTime.now();
    long nanos = 0;
    long operations = 0;
    Profiler profiler = profiler();
    while (nanos < leastNanos || (profiler.samples() < leastSamples && nanos < MAX_NANOS)) {
      nanos += workload.pass(HakmemSubject::new);
      operations += workload.operations();
    }
    profiler.stop();
    CpuTime cpu = CpuTime.now().since(cpuBefore);
    HakmemStats after = Hakmem.stats();
    profiler.writeFlameGraph(Path.of(words.get(1)), workload.name());
    ProfileSamples samples =
        new ProfileSamples(
            profiler.engine(),
            profiler.version(),
            nanos,
            operations,
            cpu.userMillis() + cpu.kernelMillis(),
            profiler.collapsed(),
            growth(before.osCalls(), after.osCalls()),
            classes(before, after));
    new ObjectMapper().writeValue(Path.of(words.getFirst()).toFile(), samples);
  }

  /** Where nobody may sample, a line that says so is all that the parent needs. */
  private static Profiler profiler() {
    try {
      return Profiler.start();
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
      throw e;
    }
  }

  private static SortedMap<String, Long> growth(Map<String, Long> before, Map<String, Long> after) {
    SortedMap<String, Long> growth = new TreeMap<>();
    after.forEach((kind, calls) -> growth.put(kind, calls - before.getOrDefault(kind, 0L)));
    return growth;
  }

  private static List<ProfileSamples.ClassHits> classes(HakmemStats before, HakmemStats after) {
    List<ProfileSamples.ClassHits> classes = new ArrayList<>();
    for (int i = 0; i < after.sizeClasses().size(); i++) {
      SizeClassStats old = before.sizeClasses().get(i);
      SizeClassStats now = after.sizeClasses().get(i);
      if (now.requests() > old.requests()) {
        classes.add(
            new ProfileSamples.ClassHits(
                now.blockBytes(), now.requests() - old.requests(), now.misses() - old.misses()));
      }
    }
    return classes;
  }
}
