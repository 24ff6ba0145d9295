// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.lab.measure.Tracepoints;
import io.hakmem.lab.subject.HakmemSubject;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The program that asks the kernel about the allocator's calls: {@code FILE MILLIS WORKLOAD
 * ARGUMENT…}; writes an {@link OsCallCheck} as JSON to the file.
 */
public final class OsCallChild {
  /*
   * The JVM makes such calls as well, so only those count that name an address in one of the
   * allocator's mappings. A reservation names none before it is made. Of madvise only the advice
   * that gives memory back is a call of its own in the allocator's account (MADV_DONTNEED, 4).
   */

  private static final String PREFIX = "syscalls:sys_enter_";
  private static final Map<String, String> EVENTS =
      Map.of("advise", "madvise", "protect", "mprotect", "release", "munmap", "remap", "mremap");

  private OsCallChild() {}

  /** Counts during passes after untimed ones; a failure of any thread ends the process. */
  public static void main(String[] arguments) throws IOException {
    JvmChild.endWithAnyThread();
    List<String> words = List.of(arguments);
    long millis = Long.parseLong(words.get(1));
    Workload workload = WorkloadCatalog.parseInChild(words.get(2), words.subList(3, words.size()));
    passes(workload, millis);
    OsCallCheck check = check(workload, millis);
    new ObjectMapper().writeValue(Path.of(words.getFirst()).toFile(), check);
  }

  private static OsCallCheck check(Workload workload, long millis) {
    Map<String, Long> first = Hakmem.stats().osCalls();
    try (Tracepoints kernel = Tracepoints.count(filters())) {
      Map<String, Long> begin = Hakmem.stats().osCalls();
      passes(workload, millis);
      Map<String, Long> end = Hakmem.stats().osCalls();
      Map<String, Long> traced = kernel.stop();
      Map<String, Long> last = Hakmem.stats().osCalls();
      SortedMap<String, Long> byKind = new TreeMap<>();
      EVENTS.forEach((kind, event) -> byKind.put(kind, traced.getOrDefault(PREFIX + event, 0L)));
      return new OsCallCheck(growth(begin, end), growth(first, last), byKind, null);
    } catch (IOException e) {
      return new OsCallCheck(
          new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), String.valueOf(e.getMessage()));
    }
  }

  private static void passes(Workload workload, long millis) {
    for (long nanos = 0; nanos < millis * 1_000_000; ) {
      nanos += workload.pass(HakmemSubject::new);
    }
  }

  private static SortedMap<String, Long> growth(Map<String, Long> from, Map<String, Long> to) {
    SortedMap<String, Long> growth = new TreeMap<>();
    EVENTS.keySet().forEach(kind -> growth.put(kind, of(to, kind) - of(from, kind)));
    return growth;
  }

  private static long of(Map<String, Long> calls, String kind) {
    return calls.getOrDefault(kind, 0L);
  }

  private static Map<String, String> filters() {
    return Map.of(
        PREFIX + "madvise",
        "behavior == 4 && (" + ours("start") + ")",
        PREFIX + "mprotect",
        ours("start"),
        PREFIX + "munmap",
        ours("addr"),
        PREFIX + "mremap",
        ours("addr") + " || " + ours("new_addr"));
  }

  private static String ours(String field) {
    return Hakmem.stats().mappings().stream()
        .map(mapping -> within(field, mapping))
        .collect(Collectors.joining(" || "));
  }

  private static String within(String field, HakmemStats.Mapping mapping) {
    return "("
        + field
        + " >= "
        + mapping.address()
        + " && "
        + field
        + " < "
        + (mapping.address() + mapping.byteSize())
        + ")";
  }
}
