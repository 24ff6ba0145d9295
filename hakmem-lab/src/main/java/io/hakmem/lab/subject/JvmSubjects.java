// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.lab.subject.JvmSubjectSpec.Trait;
import io.hakmem.lwjgl.HakmemMemoryAllocator;
import java.util.ArrayList;
import java.util.List;

/** The part of the catalogue that runs in a JVM. */
final class JvmSubjects {
  private JvmSubjects() {}

  static List<SubjectSpec> all() {
    List<SubjectSpec> all = new ArrayList<>(ours());
    all.addAll(ofTheJdk());
    all.addAll(ofNetty());
    all.addAll(ofParquetAndIgnite());
    all.addAll(ofLwjgl());
    all.addAll(ofAdapters());
    return all;
  }

  private static List<SubjectSpec> ours() {
    String unchecked = " without the checks of free's argument; lab only, no such build exists";
    return List.of(
        new JvmSubjectSpec(
            SubjectCatalog.HAKMEM, "hakmem by its static calls", HakmemSubject.class),
        new JvmSubjectSpec(
            "hakmem-handle", "hakmem by the thread's own handle", HakmemHandleSubject.class),
        new JvmSubjectSpec(
                "hakmem-unchecked", "hakmem by static calls" + unchecked, HakmemSubject.class)
            .as(Trait.UNCHECKED),
        new JvmSubjectSpec(
                "hakmem-handle-unchecked",
                "hakmem by handle" + unchecked,
                HakmemHandleSubject.class)
            .as(Trait.UNCHECKED),
        new JvmSubjectSpec(
                SubjectCatalog.PLANTED,
                "hakmem that spins "
                    + SubjectCatalog.PLANTED_PERCENT
                    + " % longer: shows what can be found",
                HakmemSubject.class)
            .with(JvmSubjectSpec.BURN_PERCENT, SubjectCatalog.PLANTED_PERCENT),
        new JvmSubjectSpec(
                SubjectCatalog.UNPURGED,
                "hakmem that gives nothing back in the background",
                HakmemSubject.class)
            .with("hakmem.purge.delayMillis", -1),
        new JvmSubjectSpec("hakmem-full", "hakmem in its hardened mode", HakmemSubject.class)
            .with("hakmem.hardening", "full"),
        new JvmSubjectSpec(
                "hakmem-segment", "hakmem by memory segments", HakmemSegmentSubject.class)
            .as(Trait.OBJECTS),
        new JvmSubjectSpec(
                "hakmem-arena", "one HakmemArena.ofConfined a block", HakmemArenaSubject.class)
            .as(Trait.CONFINED, Trait.OBJECTS),
        new JvmSubjectSpec(
            "hakmem-heap", "one HakmemHeap for all blocks", HakmemHeapSubject.class));
  }

  private static List<SubjectSpec> ofTheJdk() {
    return List.of(
        new JvmSubjectSpec(
                "jvm-null", "one fixed block: the cost of the loop in Java", NullSubject.class)
            .as(Trait.NULL),
        new JvmSubjectSpec(
            "jvm-malloc",
            "the C library's malloc and free by plain FFM downcalls",
            MallocSubject.class),
        new JvmSubjectSpec(
                "jvm-unsafe",
                "the C library's malloc and free by sun.misc.Unsafe; no checks",
                UnsafeSubject.class)
            .with("--sun-misc-unsafe-memory-access=allow"),
        new JvmSubjectSpec(
                "jvm-arena-confined", "one Arena.ofConfined a block", ConfinedArenaSubject.class)
            .as(Trait.CONFINED, Trait.OBJECTS),
        new JvmSubjectSpec(
                "jvm-arena-shared", "one Arena.ofShared a block", SharedArenaSubject.class)
            .as(Trait.OBJECTS));
  }

  /**
   * As fast as Netty's properties make them on threads that are not Netty's own: thread caches for
   * all threads, no leak detection, and Unsafe, which Netty leaves alone on Java 25 unless told.
   * Direct memory is not bounded by the size of the Java heap, as it is not for any other subject.
   */
  private static List<SubjectSpec> ofNetty() {
    return List.of(
        netty("adaptive"),
        netty("pooled"),
        withNetty(
                new JvmSubjectSpec(
                    "jvm-arrow-netty",
                    "Arrow's root allocator over Netty's pools; counts references",
                    ArrowSubject.class))
            .with("arrow.allocation.manager.type", "Netty")
            .with("--add-opens=java.base/java.nio=ALL-UNNAMED"));
  }

  private static JvmSubjectSpec netty(String type) {
    return withNetty(
            new JvmSubjectSpec(
                "jvm-netty-" + type,
                "direct buffers of Netty's " + type + " allocator; counts references",
                NettySubject.class))
        .with(NettySubject.ALLOCATOR, type);
  }

  private static JvmSubjectSpec withNetty(JvmSubjectSpec spec) {
    return spec.as(Trait.OBJECTS)
        .with("--sun-misc-unsafe-memory-access=allow")
        .with("io.netty.noUnsafe", false)
        .with("io.netty.leakDetection.level", "disabled")
        .with("io.netty.maxDirectMemory", Long.MAX_VALUE)
        .with("io.netty.allocator.useCacheForAllThreads", true)
        .with("io.netty.allocator.useCachedMagazinesForNonEventLoopThreads", true);
  }

  private static List<SubjectSpec> ofParquetAndIgnite() {
    return List.of(
        withParquet(
            new JvmSubjectSpec(
                "jvm-parquet-direct",
                "Parquet's direct buffers, the JDK's; freed by the garbage collector",
                ParquetSubject.class)),
        withIgnite(
            new JvmSubjectSpec(
                "jvm-ignite-unsafe",
                "Ignite's usual allocator of data regions, over Unsafe; no checks",
                IgniteSubject.class)));
  }

  private static JvmSubjectSpec withParquet(JvmSubjectSpec spec) {
    return spec.as(Trait.OBJECTS).with("--add-opens=java.base/java.nio=ALL-UNNAMED");
  }

  /** Ignite asks for more, for what is not its allocator. */
  private static JvmSubjectSpec withIgnite(JvmSubjectSpec spec) {
    return spec.with("--sun-misc-unsafe-memory-access=allow")
        .with("--add-opens=java.base/java.nio=ALL-UNNAMED");
  }

  private static List<SubjectSpec> ofLwjgl() {
    return List.of(
        lwjgl("mimalloc", LwjglNatives.MIMALLOC),
        lwjgl("jemalloc", LwjglNatives.JEMALLOC),
        lwjgl("rpmalloc", LwjglNatives.RPMALLOC));
  }

  /** hakmem where others' programs allocate, started as what it replaces there. */
  private static List<SubjectSpec> ofAdapters() {
    return List.of(
        withNetty(
            new JvmSubjectSpec(
                "hakmem-netty",
                "direct buffers of Netty's in hakmem's memory; counts references",
                HakmemNettySubject.class)),
        withNetty(
                new JvmSubjectSpec(
                    "hakmem-arrow",
                    "Arrow's root allocator over hakmem; counts references",
                    HakmemArrowSubject.class))
            .with("--add-opens=java.base/java.nio=ALL-UNNAMED"),
        withParquet(
            new JvmSubjectSpec(
                "hakmem-parquet",
                "Parquet's direct buffers in hakmem's memory",
                HakmemParquetSubject.class)),
        withIgnite(
            new JvmSubjectSpec(
                "hakmem-ignite",
                "hakmem as Ignite's allocator of data regions",
                HakmemIgniteSubject.class)),
        new JvmSubjectSpec("hakmem-lwjgl", "hakmem by LWJGL's MemoryUtil", LwjglSubject.class)
            .loading(LwjglNatives.LWJGL)
            .with(LwjglSubject.ALLOCATOR, HakmemMemoryAllocator.class.getName())
            .with("--sun-misc-unsafe-memory-access=allow"));
  }

  private static JvmSubjectSpec lwjgl(String allocator, String library) {
    return new JvmSubjectSpec(
            "jvm-lwjgl-" + allocator,
            allocator + " by LWJGL's MemoryUtil; no checks",
            LwjglSubject.class)
        .loading(LwjglNatives.LWJGL, library)
        .with(LwjglSubject.ALLOCATOR, allocator)
        .with("--sun-misc-unsafe-memory-access=allow");
  }
}
