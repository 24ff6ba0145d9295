// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** Every workload there is. */
public final class WorkloadCatalog {
  private WorkloadCatalog() {}

  /** The workloads that {@code bench} takes. */
  public static List<WorkloadType> all() {
    return List.of(
        WorkloadType.of(
            RandomMixed.NAME,
            RandomMixed.USAGE,
            "the original's benchmark: free a filled slot, else allocate 16..1039 B; first byte"
                + " touched",
            RandomMixed::parse),
        WorkloadType.of(
            Pair.NAME,
            Pair.USAGE,
            "allocate and free one block, untouched; an op is a pair",
            Pair::parse),
        WorkloadType.of(
            ProducerConsumer.NAME,
            ProducerConsumer.USAGE,
            "one thread allocates 16..527 B, another frees, in batches; an op is allocate and free",
            ProducerConsumer::parse),
        WorkloadType.of(
            TinyHot.NAME,
            TinyHot.USAGE,
            "batches of blocks of one size, freed in reverse, untouched; an op is one or the other",
            TinyHot::parse),
        WorkloadType.threaded(
            XmallocTest.NAME,
            XmallocTest.USAGE,
            "T producers, T consumers, batches of 4096; size -1: mixed; an op is a free",
            XmallocTest::parse),
        WorkloadType.threaded(
            Larson.NAME,
            Larson.USAGE,
            "server: random blocks replaced, threads replaced too; an op is a replacement",
            Larson::parse),
        WorkloadType.threaded(
            Sh6Like.NAME,
            Sh6Like.USAGE,
            "batches of falling sizes, freed in order and in reverse; an op is allocate and free",
            Sh6Like::parse),
        WorkloadType.threaded(
            Sh8Like.NAME,
            Sh8Like.USAGE,
            "the same with a histogram of sizes, and one thread's blocks freed by the others",
            Sh8Like::parse),
        WorkloadType.of(
            Mleak.NAME,
            Mleak.USAGE,
            "short-lived threads leave a zeroed block behind each; an op is a thread",
            Mleak::parse),
        WorkloadType.threaded(
            AllocTest.NAME,
            AllocTest.USAGE,
            "small blocks in slots of unequal heat, written and read; an op is one or the other",
            AllocTest::parse),
        WorkloadType.threaded(
            MtRemote.NAME,
            MtRemote.USAGE,
            "random slots, blocks sent to the next thread to be freed; each step is an op",
            MtRemote::parse),
        WorkloadType.threaded(
            FalseSharing.SCRATCH,
            FalseSharing.USAGE,
            "tiny blocks written and read all the time, after freeing one thread's; an op is both",
            FalseSharing::parseScratch),
        WorkloadType.threaded(
            FalseSharing.THRASH,
            FalseSharing.USAGE,
            "tiny blocks written and read all the time; an op is both",
            FalseSharing::parseThrash),
        WorkloadType.threaded(
            Mstress.NAME,
            Mstress.USAGE,
            "mixed and huge blocks, exchanged between threads, checked; an op is allocate and free",
            Mstress::parse),
        WorkloadType.threaded(
            Rptest.NAME,
            Rptest.USAGE,
            "mixed sizes and alignments, some freed by the next thread; an op is allocate and free",
            Rptest::parse),
        WorkloadType.of(
            GlibcSimple.NAME,
            GlibcSimple.USAGE,
            "batches of small blocks, written; main thread and another; an op is allocate and free",
            GlibcSimple::parse),
        WorkloadType.threaded(
            GlibcThread.NAME,
            GlibcThread.USAGE,
            "random blocks replaced and written, the larger the rarer; an op is a replacement",
            GlibcThread::parse),
        WorkloadType.of(
            MallocLarge.NAME,
            MallocLarge.USAGE,
            "buffers of 5 to 25 MiB replaced, filled or not; an op is a replacement",
            MallocLarge::parse),
        WorkloadType.threaded(
            MidLargeMt.NAME,
            MidLargeMt.USAGE,
            "random-mixed with 8 to 34 KiB, each thread for itself; first byte touched",
            MidLargeMt::parse),
        WorkloadType.of(
            Comprehensive.NAME,
            Comprehensive.USAGE,
            "six orders of freeing 100 small blocks; an op is allocate and free",
            Comprehensive::parse),
        WorkloadType.of(
            Cfrac.NAME,
            Cfrac.USAGE,
            "a program: factors a number, each bignum a block; an op is a step",
            Cfrac::parse),
        WorkloadType.of(
            ArenaGroups.NAME,
            ArenaGroups.USAGE,
            "open an arena, allocate 64 B some times, close it; an op is an arena",
            ArenaGroups::parse),
        WorkloadType.of(
            BurstIdle.NAME,
            BurstIdle.USAGE,
            "allocate, write and free a burst, of one size or of recorded programs' sizes; how much"
                + " memory stays",
            BurstIdle::parse),
        WorkloadType.of(
            KeepOneIn20.NAME,
            KeepOneIn20.USAGE,
            "allocate and write many blocks, free all but one in 20; how much memory comes back",
            KeepOneIn20::parse),
        WorkloadType.of(
            HugeRealloc.NAME,
            HugeRealloc.USAGE,
            "grow blocks in turn by 1 MiB a step, writing a byte every so many of what is new; an"
                + " op is a step",
            HugeRealloc::parse));
  }

  /** Makes a workload from its name and arguments; what cannot be is bad usage. */
  public static Workload parse(String name, List<String> arguments, OptionalInt threads) {
    return type(name).parse(arguments, threads);
  }

  /** The same with the default number of threads. */
  public static Workload parse(String name, List<String> arguments) {
    return parse(name, arguments, OptionalInt.empty());
  }

  /**
   * The same for a child process, which reads traces in packed form; the words are {@link
   * Workload#childArguments}.
   */
  public static Workload parseInChild(String name, List<String> words) {
    return switch (name) {
      case TraceReplay.NAME -> TraceReplay.ofPacked(Path.of(words.getFirst()));
      case ThreadedReplay.NAME -> ThreadedReplay.ofPacked(Path.of(words.getFirst()));
      case BurstIdle.NAME -> BurstIdle.parseInChild(words);
      default -> parseInChild(type(name), words);
    };
  }

  private static Workload parseInChild(WorkloadType type, List<String> words) {
    return type.threaded()
        ? type.parse(
            words.subList(1, words.size()), OptionalInt.of(Integer.parseInt(words.getFirst())))
        : type.parse(words, OptionalInt.empty());
  }

  private static WorkloadType type(String name) {
    return all().stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "no such workload: '" + name + "'; ./hakmem workloads lists them"));
  }
}
