// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.planted;

import java.util.List;
import java.util.Set;

/**
 * A known fault and the gate that has to catch it.
 *
 * @param name what docs/planted.md calls it
 * @param type class that is rewritten
 * @param method its methods of this name are
 * @param gate a test class of the core, of an adapter or under Lincheck, or the name of a jcstress
 *     test
 * @param reason regular expression that the output of the gate has to contain: it is to fail for
 *     what was planted, not for whatever comes of it
 */
record Fault(String name, String type, String method, Edit edit, String gate, String reason) {

  private static final Set<String> ADAPTERS =
      Set.of("netty", "arrow", "parquet", "ignite", "lwjgl", "micrometer");

  static final List<Fault> ALL =
      List.of(
          new Fault(
              "lost batch",
              "depot.Depot",
              "giveFull",
              Edit.returning(1),
              "depot.DepotTest",
              "expected: <11> but was: <0>"),
          new Fault(
              "leaked slabs",
              "slab.SlabPool",
              "retire",
              Edit.returning(0),
              "PurgeTest",
              "HakmemStats\\["),
          new Fault(
              "stale page map",
              "superslab.PageMap",
              "forget",
              Edit.returning(0),
              "slab.SlabPoolTest",
              "is free but entered"),
          new Fault(
              "contents not copied",
              "memory.Memory",
              "copyGranules",
              Edit.returning(0),
              "ModelTest",
              "first spoilt byte of"),
          new Fault(
              "memory not zeroed",
              "front.FrontCache",
              "allocateZeroed",
              Edit.withoutCallsOf("fill", 0),
              "ModelTest",
              "first byte that is not zero"),
          new Fault(
              "verifier that is content",
              "memory.Bits",
              "require",
              Edit.returning(0),
              "verify.HeapVerifierTest",
              "IllegalStateException to be thrown, but nothing was"),
          new Fault(
              "skipped liveness check at home",
              "front.FrontCache",
              "free",
              Edit.withoutReadsOf("ENABLED", 0),
              "MisuseTest",
              "InvalidFreeException to be thrown, but nothing was"),
          new Fault(
              "skipped liveness check of others' blocks",
              "front.Classifier",
              "markFree",
              Edit.returning(1),
              "MisuseTest",
              "holds a block that is live or none"),
          new Fault(
              "skipped liveness check of pool blocks",
              "superslab.PoolLiveMap",
              "isLive",
              Edit.returning(1),
              "MisuseTest",
              "InvalidFreeException to be thrown, but nothing was"),
          new Fault(
              "skipped size check",
              "front.Classifier",
              "checkSize",
              Edit.returning(0),
              "AttackTest",
              "InvalidFreeException to be thrown, but nothing was"),
          new Fault(
              "double block not seen at home",
              "slab.Slab",
              "reclaimLive",
              Edit.returning(0),
              "slab.SlabPoolTest",
              "expected: <1> but was: <0>"),
          new Fault(
              "freed sample not forbidden",
              "guard.GuardedSlots",
              "free",
              Edit.withoutCallsOf("forbid", 1),
              "GuardsTest",
              "InternalError to be thrown, but nothing was"),
          new Fault(
              "limit not held",
              "superslab.Account",
              "tryCharge",
              Edit.returning(1),
              "superslab.AccountTest",
              "expected: <false> but was: <true>"),
          new Fault(
              "cache without bound",
              "front.StackArea",
              "poolAllows",
              Edit.returning(1),
              "StatsTest",
              "[0-9]+ bytes ==> expected: <true> but was: <false>"),
          new Fault(
              "region at a slow place",
              "superslab.Reservation",
              "isSlow",
              Edit.returning(0),
              "superslab.ReservationTest",
              "AssertionFailedError: \\[Reservation\\[os="),
          new Fault(
              "waiting without bound",
              "front.FrontSettings",
              "magazinesOf",
              Edit.returning(9999),
              "front.FrontSettingsTest",
              "expected: <8388608> but was"),
          new Fault(
              "red zone not looked at",
              "hardened.Fill",
              "checkRedZone",
              Edit.returning(-1),
              "HardenedTest",
              "OVERFLOW of [0-9]+ ==> Expected .*MemoryCorruptionException to be thrown"),
          new Fault(
              "poison not looked at",
              "hardened.Fill",
              "checkPoison",
              Edit.returning(-1),
              "HardenedTest",
              "WRITE_AFTER_FREE of [0-9]+ ==> Expected .*MemoryCorruptionException to be thrown"),
          new Fault(
              "last word not looked at",
              "hardened.Fill",
              "checkLastWord",
              Edit.returning(-1),
              "hardened.FillTest",
              "expected: <125> but was"),
          new Fault(
              "quarantine that forgets what it kept",
              "hardened.Quarantine",
              "taken",
              Edit.returning(0),
              "hardened.QuarantineTest",
              "once, and as described"),
          new Fault(
              "live block handed out again",
              "front.FrontCache",
              "allocateTiny",
              Edit.withoutReadsOf("ENABLED", 0),
              "RacingFreeTest",
              "nobody freed it"),
          new Fault(
              "size that grows over its neighbour",
              "front.Classifier",
              "resize",
              Edit.returning(1),
              "FuzzTest",
              "program [0-9a-f]+"),
          new Fault(
              "garbage on the fast path",
              "front.FrontCache",
              "allocate",
              Edit.callingFirst(Litter.class, "drop"),
              "GarbageTest",
              "a pair ==>"),
          new Fault(
              "event not committed",
              "jfr.JfrObserver",
              "largeFreed",
              Edit.withoutCallsOf("commit", 0),
              "JfrTest",
              "expected: <\\[[0-9, ]+\\]> but was: <\\[\\]>"),
          new Fault(
              "trace without its end",
              "record.TraceWriter",
              "finish",
              Edit.returning(0),
              "RecordingTest",
              "Unexpected end of ZLIB input stream"),
          new Fault(
              "Netty's buffers kept",
              "netty.HakmemByteBuf",
              "deallocate",
              Edit.returning(0),
              "netty.HakmemByteBufAllocatorTest",
              "expected: <false> but was: <true>"),
          new Fault(
              "three bytes not written",
              "netty.HakmemByteBuf",
              "_setMedium",
              Edit.returning(0),
              "netty.UpstreamBufferTest",
              "Medium.*\\(\\)"),
          new Fault(
              "capacities not counted",
              "netty.HakmemByteBufAllocator",
              "count",
              Edit.returning(0),
              "netty.UpstreamAllocatorTest",
              "testUsedDirectMemory"),
          new Fault(
              "cell of a living thread taken over",
              "netty.BiasedAdder",
              "isAlive",
              Edit.returning(0),
              "netty.BiasedAdderTest",
              "expected: <[0-9]+> but was: <"),
          new Fault(
              "native access not asked for",
              "netty.RawMemory",
              "all",
              Edit.returning(0),
              "netty.NativeAccessTest",
              "withoutNativeAccess_theErrorNamesTheOption"),
          new Fault(
              "Arrow's memory kept",
              "arrow.HakmemAllocationManager",
              "release0",
              Edit.returning(0),
              "arrow.HakmemAllocationManagerTest",
              "expected: <false> but was: <true>"),
          new Fault(
              "memory of batches kept",
              "arrow.HakmemAllocationManager",
              "release0",
              Edit.returning(0),
              "arrow.FlightRoundTripTest",
              "expected: <[0-9]+> but was: <[0-9]+>"),
          new Fault(
              "Parquet's buffers kept",
              "parquet.HakmemByteBufferAllocator",
              "release",
              Edit.returning(0),
              "parquet.HakmemByteBufferAllocatorTest",
              "expected: <false> but was: <true>"),
          new Fault(
              "buffers of files kept",
              "parquet.HakmemByteBufferAllocator",
              "release",
              Edit.returning(0),
              "parquet.FileRoundTripTest",
              "expected: <[0-9]+> but was: <[0-9]+>"),
          new Fault(
              "Ignite's segments kept",
              "ignite.HakmemMemoryAllocator",
              "freeMemory",
              Edit.returning(0),
              "ignite.HakmemMemoryAllocatorTest",
              "InvalidFreeException to be thrown, but nothing was"),
          new Fault(
              "segments of nodes kept",
              "ignite.HakmemMemoryAllocator",
              "freeMemory",
              Edit.returning(0),
              "ignite.TwoNodesTest",
              "expected: <[0-9]+> but was: <[0-9]+>"),
          new Fault(
              "LWJGL's blocks kept",
              "lwjgl.HakmemMemoryAllocator",
              "free",
              Edit.returning(0),
              "lwjgl.HakmemMemoryAllocatorTest",
              "InvalidFreeException to be thrown, but nothing was"),
          new Fault(
              "no counters",
              "micrometer.HakmemMetrics",
              "count",
              Edit.returning(0),
              "micrometer.HakmemMetricsTest",
              "MeterNotFoundException"),
          new Fault(
              "no gauges",
              "micrometer.HakmemMetrics",
              "bytes",
              Edit.returning(0),
              "micrometer.DashboardTest",
              "hakmem_memory_"),
          new Fault(
              "no counters sent",
              "micrometer.HakmemMetrics",
              "count",
              Edit.returning(0),
              "micrometer.OpenTelemetryTest",
              "expected: <true> but was: <false>"),
          new Fault(
              "lock for each free",
              "front.RemoteStacks",
              "tryMakeStack",
              Edit.returning(0),
              "ScaleTest",
              "locks: "),
          new Fault(
              "depot without its lock",
              "depot.Depot",
              "takeFull",
              Edit.withoutLock(),
              "DepotCompetitionStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden|ArrayIndexOutOfBounds"),
          new Fault(
              "magazine taken without the lock",
              "depot.Depot",
              "takeFull",
              Edit.withoutLock(),
              "depot.DepotLinearizabilityTest",
              "Invalid execution results|Validation function verify has failed"),
          new Fault(
              "purge without the lock",
              "slab.SlabPool",
              "hideSome",
              Edit.withoutLock(),
              "HolePurgeStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden"),
          new Fault(
              "limit without its atomic",
              "superslab.Account",
              "tryCharge",
              Edit.withoutCallsOf("compareAndSet", 1),
              "LimitStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden"),
          new Fault(
              "charges taken back are lost",
              "superslab.Account",
              "uncharge",
              Edit.returning(0),
              "UnchargeStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden"),
          new Fault(
              "magazine given without the lock",
              "depot.Depot",
              "giveFull",
              Edit.withoutLock(),
              "RemoteHandOverStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden|Exception"),
          new Fault(
              "magazine exchanged without the lock",
              "depot.Depot",
              "giveFull",
              Edit.withoutLock(),
              "DepotExchangeStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden|Exception"),
          new Fault(
              "live block handed out after a race",
              "front.FrontCache",
              "allocateTiny",
              Edit.withoutReadsOf("ENABLED", 0),
              "RacingFreeStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden|no live block starts there"),
          new Fault(
              "published block refused",
              "superslab.PoolLiveMap",
              "isLive",
              Edit.returning(0),
              "PageMapPublicationStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden|no live block starts there"),
          new Fault(
              "refill without the lock",
              "slab.SlabPool",
              "fill",
              Edit.withoutLock(),
              "PurgeRefillStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden|Exception"),
          new Fault(
              "blocks of the dead refused",
              "front.Classifier",
              "markFree",
              Edit.returning(0),
              "ThreadDeathStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden"),
          new Fault(
              "wrong reason after the end",
              "heap.Heap",
              "explain",
              Edit.returning(2),
              "HeapCloseStress",
              "[1-9][0-9,]* +[0-9.]+% +Forbidden"));

  boolean isForJcstress() {
    return gate.endsWith("Stress");
  }

  boolean isForLincheck() {
    return gate.endsWith("LinearizabilityTest");
  }

  String typeName() {
    return "io.hakmem." + type;
  }

  /** Folder of the module that the rewritten class belongs to. */
  String module() {
    return moduleOf(type);
  }

  /** Folder of the module in which the gate is run. */
  String moduleOfGate() {
    return isForJcstress() || isForLincheck() ? "hakmem-stress" : moduleOf(gate);
  }

  private static String moduleOf(String name) {
    String first = name.replaceFirst("\\..*", "");
    return ADAPTERS.contains(first) ? "hakmem-" + first : "hakmem-core";
  }
}
