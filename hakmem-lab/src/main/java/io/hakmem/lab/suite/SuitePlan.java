// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import io.hakmem.lab.run.Runs;
import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.suite.SuiteWorkload.Mark;
import io.hakmem.lab.workload.TraceReplay;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the suite runs.
 *
 * @param name of the plan
 * @param workloads in the order in which they are run
 * @param runs of each subject
 */
public record SuitePlan(String name, List<SuiteWorkload> workloads, Runs runs) {
  /*
   * Arguments are chosen for the length of a run, not for its outcome: about half a second under
   * the native allocators, a quarter of one in the quick suite. Those of recipes are the recipe's
   * own apart from that. Where slow ways of the JVM take part a pass is shorter, and repeated by
   * those that it takes too little time.
   *
   * One untimed pass as short as that is too little for the JIT compilers: pair took 18 ns, after a
   * second of passes 4. So the untimed passes of JVM subjects are repeated until these are done; C is
   * compiled already.
   */

  /** How long the untimed passes of JVM subjects take at least. */
  public static final int UNTIMED_MILLIS = 750;

  /** How long at most, for compilers that are not done. */
  public static final int MOST_UNTIMED_MILLIS = 3000;

  private static final Set<Mark> BOUND = Set.of(Mark.ALLOCATOR_BOUND);
  private static final Set<Mark> BOUND_WITH_RIVALS = Set.of(Mark.ALLOCATOR_BOUND, Mark.JVM_RIVALS);
  private static final Set<Mark> BOUND_WITH_RIVALS_AND_PARQUET =
      Set.of(Mark.ALLOCATOR_BOUND, Mark.JVM_RIVALS, Mark.PARQUET);
  private static final Set<Mark> RIVALS = Set.of(Mark.JVM_RIVALS);
  private static final Set<Mark> ARENAS = Set.of(Mark.ARENAS);
  private static final Set<Mark> NONE = Set.of();

  private static final String QUICK = "quick";

  private static final List<String> QUICK_SUBJECTS =
      List.of(
          SubjectCatalog.HAKMEM,
          "jvm-null",
          "native-null",
          SubjectCatalog.GLIBC,
          "native-jemalloc",
          "native-mimalloc",
          "native-tcmalloc");

  private static final List<String> ARENA_SUBJECTS =
      List.of(
          Standings.HAKMEM_ARENA,
          Standings.HAKMEM_HEAP,
          Standings.ARENA_CONFINED,
          Standings.ARENA_SHARED);

  /** hakmem plugged in where the rivals of the JVM come from: each against what it replaces. */
  private static final List<String> ADAPTER_SUBJECTS =
      List.of("hakmem-netty", "hakmem-arrow", "hakmem-ignite", "hakmem-lwjgl");

  /** Apart, for the direct ones wait for the garbage collector: see DECISIONS.md. */
  private static final List<String> PARQUET_SUBJECTS =
      List.of(Standings.HAKMEM_PARQUET, Standings.PARQUET_DIRECT);

  /** Everything, what says most first: in about an hour. */
  public static SuitePlan full() {
    return new SuitePlan(
        "full",
        List.of(
            line("random-mixed", "5000000 256 42", BOUND_WITH_RIVALS),
            line("pair", "50000000 64", BOUND),
            line("tiny-hot", "64 100 500000", BOUND),
            line("producer-consumer", "1500 1024 42", BOUND_WITH_RIVALS),
            line("xmalloc-test", "0.5 64", BOUND),
            line("larson", "0.5 8 1000 5000 100 4141", BOUND_WITH_RIVALS_AND_PARQUET),
            line("sh6-like", "10000 125", BOUND_WITH_RIVALS),
            line("sh8-like", "1000000 700000 10000000 2", BOUND),
            line("mleak", "3", BOUND),
            line("alloc-test", "1000000", BOUND_WITH_RIVALS_AND_PARQUET),
            remote("mt-remote 0 %", "10000000 400 16 2048 0 65536"),
            remote("mt-remote 50 %", "5000000 400 16 2048 50 65536"),
            remote("mt-remote 90 %", "5000000 400 16 2048 90 65536"),
            arena(1, 25_000),
            arena(10, 15_000),
            arena(100, 10_000),
            trace("cc1plus"),
            trace("node"),
            trace("redis"),
            trace("sqlite"),
            cacheScratch(1),
            cacheScratch(2),
            line("glibc-simple", "100000", RIVALS),
            line("comprehensive", "20000", NONE),
            line("mstress", "50 50", NONE),
            line("rptest", "0 1 2 5000 1000 100 8 16000", NONE),
            line("cfrac", "", NONE),
            line("mid-large-mt", "3000000 2048 42", NONE),
            line("glibc-thread", "0.5", NONE),
            line("cache-thrash", "1000 1 250000", NONE),
            line("malloc-large", "100 1", NONE),
            line("huge-realloc", "256 1 4096", NONE),
            line("burst-idle", "268435456 256", NONE),
            line("keep-one-in-20", "300000 1024 42", NONE)),
        new Runs(5, 300, 0, 1, 0));
  }

  /**
   * What takes at most five minutes: xmalloc-test, whose short runs differ by a multiple, and
   * mt-remote are left to the full suite.
   */
  public static SuitePlan quick() {
    return new SuitePlan(
        QUICK,
        List.of(
            line("random-mixed", "20000000 256 42", BOUND),
            line("pair", "30000000 64", BOUND),
            line("tiny-hot", "64 100 200000", BOUND),
            line("producer-consumer", "3000 1024 42", BOUND),
            line("larson", "0.25 8 1000 5000 100 4141", BOUND),
            line("sh6-like", "10000 250", BOUND),
            line("mleak", "1", BOUND),
            line("alloc-test", "2500000", BOUND),
            line("glibc-simple", "250000", NONE),
            line("comprehensive", "10000", NONE)),
        new Runs(3, 0, 0, 1, 0));
  }

  private static SuiteWorkload line(String name, String arguments, Set<Mark> marks) {
    return new SuiteWorkload(name, name, words(arguments), OptionalInt.empty(), marks);
  }

  private static SuiteWorkload remote(String label, String arguments) {
    return new SuiteWorkload(label, "mt-remote", words(arguments), OptionalInt.empty(), BOUND);
  }

  private static SuiteWorkload cacheScratch(int threads) {
    return new SuiteWorkload(
        "cache-scratch, threads: " + threads,
        "cache-scratch",
        words("1000 1 250000"),
        OptionalInt.of(threads),
        NONE);
  }

  private static SuiteWorkload arena(int allocations, int cycles) {
    return new SuiteWorkload(
        "arena of " + allocations,
        "arena",
        List.of("" + allocations, "" + cycles),
        OptionalInt.empty(),
        ARENAS);
  }

  private static SuiteWorkload trace(String program) {
    return new SuiteWorkload(
        TraceReplay.NAME + " " + program,
        TraceReplay.NAME,
        List.of("traces/" + program + ".trace.gz"),
        OptionalInt.empty(),
        NONE);
  }

  private static List<String> words(String arguments) {
    return arguments.isEmpty() ? List.of() : List.of(arguments.split(" ", -1));
  }

  /**
   * The subjects of a workload; the planted one where its time is mostly the allocator's.
   *
   * @param chosen on the command line; empty: those of the plan
   */
  public List<SubjectSpec> subjects(
      SuiteWorkload workload, SubjectCatalog catalog, List<SubjectSpec> chosen) {
    Set<SubjectSpec> subjects = new LinkedHashSet<>(catalog.select(List.of(SubjectCatalog.HAKMEM)));
    if (workload.isAllocatorBound()) {
      subjects.addAll(catalog.select(List.of(SubjectCatalog.PLANTED)));
    }
    subjects.addAll(chosen.isEmpty() ? usual(workload, catalog) : chosen);
    return new ArrayList<>(subjects);
  }

  /** The other ways of the JVM run some workloads only: most are slow. */
  private List<SubjectSpec> usual(SuiteWorkload workload, SubjectCatalog catalog) {
    if (name.equals(QUICK)) {
      return catalog.select(QUICK_SUBJECTS);
    }
    List<SubjectSpec> subjects = new ArrayList<>(catalog.defaults());
    if (workload.marks().contains(Mark.JVM_RIVALS)) {
      catalog.all().stream().filter(SuitePlan::isRivalOfTheJvm).forEach(subjects::add);
      subjects.addAll(catalog.select(ADAPTER_SUBJECTS));
    } else {
      subjects.removeIf(spec -> spec instanceof JvmSubjectSpec && !spec.isNull());
    }
    if (workload.marks().contains(Mark.PARQUET)) {
      subjects.addAll(catalog.select(PARQUET_SUBJECTS));
    }
    if (workload.marks().contains(Mark.ARENAS)) {
      subjects.addAll(catalog.select(ARENA_SUBJECTS));
    }
    return subjects;
  }

  /** A shared arena a block would take minutes, and so would most passes of Parquet's buffers. */
  private static boolean isRivalOfTheJvm(SubjectSpec spec) {
    return spec.name().startsWith("jvm-")
        && !spec.name().equals(Standings.ARENA_SHARED)
        && !spec.name().equals(Standings.PARQUET_DIRECT);
  }
}
