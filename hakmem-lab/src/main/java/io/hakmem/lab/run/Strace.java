// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Calls of the system of a whole JVM, its start included, as strace counts them. */
public final class Strace {
  private static final String CALLS = "mmap,munmap,madvise,mincore,mprotect,mremap,brk";

  /** {@code 12.34 0.000123 4 31 2 mmap}; errors are left out if none. */
  private static final Pattern LINE =
      Pattern.compile("\\s*[\\d.]+\\s+[\\d.]+\\s+\\d+\\s+(\\d+)\\s+(?:\\d+\\s+)?(\\w+)");

  private Strace() {}

  /**
   * By call the number of a workload's passes, repeated for that long, and of a JVM that does next
   * to nothing.
   */
  public static SortedMap<String, List<Long>> of(
      Workload workload, int leastMillis, JvmOptions options, Duration limit) throws RunFailure {
    Map<String, Long> ours = calls(workload, leastMillis, options, limit);
    Map<String, Long> empty = calls(WorkloadCatalog.parse("pair", List.of("1")), 0, options, limit);
    SortedMap<String, List<Long>> both = new TreeMap<>();
    for (String call : CALLS.split(",", -1)) {
      both.put(call, List.of(ours.getOrDefault(call, 0L), empty.getOrDefault(call, 0L)));
    }
    return both;
  }

  private static Map<String, Long> calls(
      Workload workload, int leastMillis, JvmOptions options, Duration limit) throws RunFailure {
    try {
      Path table = Files.createTempFile("hakmem-strace", ".txt");
      try {
        List<String> words =
            new ArrayList<>(
                List.of("strace", "-f", "--seccomp-bpf", "-c", "-e", "trace=" + CALLS, "-o"));
        words.add(table.toString());
        words.addAll(Machine.timedHakmem(workload, options, leastMillis).words());
        new ChildProcess(limit).results(new Command(words));
        return parse(Files.readAllLines(table));
      } finally {
        Files.delete(table);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Map<String, Long> parse(List<String> lines) {
    Map<String, Long> calls = new TreeMap<>();
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches() && !matcher.group(2).equals("total")) {
        calls.put(matcher.group(2), Long.valueOf(matcher.group(1)));
      }
    }
    return calls;
  }
}
