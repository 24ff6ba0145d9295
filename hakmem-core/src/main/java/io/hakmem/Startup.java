// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontSettings;
import io.hakmem.front.Watch;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.LinuxConstants;
import io.hakmem.os.LinuxMemory;
import io.hakmem.os.OsMemory;
import io.hakmem.os.PortableMemory;
import io.hakmem.superslab.Reservation;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds the one allocator of this class loader at its first use. */
final class Startup {
  /*
   * Nothing of it happens in a static initialiser, so that a bad knob or a refused reservation
   * surfaces as what it is and can be mended and tried again. The constants of the fast path, which do
   * live in static initialisers, come from a reservation that is made and installed here before.
   */

  /** The soft limit is an eighth below the limit. */
  private static final int SOFT_LIMIT_GAP_SHIFT = 3;

  private static @Nullable HakmemConfig configured;

  /** What the allocator was built with. */
  private static HakmemConfig effective = HakmemConfig.DEFAULT;

  private Startup() {}

  /** The allocator, built at the first call. */
  static Allocator allocator() {
    Allocator allocator = Allocator.current();
    return allocator != null ? allocator : start();
  }

  static synchronized void configure(HakmemConfig config) {
    if (Allocator.current() != null) {
      throw new IllegalStateException(
          "hakmem is in use already; configure it before the first allocation");
    }
    configured = config;
  }

  private static synchronized Allocator start() {
    Allocator allocator = Allocator.current();
    if (allocator != null) {
      return allocator;
    }
    HakmemConfig config = configured != null ? configured : HakmemConfig.fromEnvironment();
    requireNativeAccess();
    String name = System.getProperty("os.name");
    List<Supplier<OsMemory>> sources = sources(config.os(), name, System.getProperty("os.arch"));
    Warmup.thread().start();
    return start(config, sources);
  }

  /**
   * Builds the allocator on the first source that does not refuse; for tests, with those that do.
   */
  static synchronized Allocator start(HakmemConfig config, List<Supplier<OsMemory>> sources) {
    Reservation reservation = reserve(config, sources);
    reservation.install();
    boolean hardened = config.hardening() == HakmemConfig.Hardening.FULL;
    FrontSettings settings =
        new FrontSettings(
            config.tinyFastCap(),
            config.tinyRefillCountHot(),
            config.tinyRefillCountMid(),
            config.tinySllDrainInterval(),
            config.frontCacheBytes(),
            hardened,
            config.ace() != 0);
    long limit = config.limitBytes() == 0 ? Long.MAX_VALUE : config.limitBytes();
    long soft = softLimit(config);
    long delay = TimeUnit.MILLISECONDS.toNanos(config.purgeDelayMillis());
    Allocator allocator =
        new Allocator(
            reservation,
            settings,
            config.largeCacheBytes(),
            limit,
            soft,
            delay,
            hardened ? config.quarantineBytes() : -1,
            config.guardsSampleEvery());
    if (config.guardsSampleEvery() != 0 && allocator.guards() == null) {
      System.getLogger("io.hakmem")
          .log(
              System.Logger.Level.WARNING,
              "hakmem.guards.sampleEvery is {0}, but there are no guards: they take hakmem.os=linux"
                  + " and 256 KiB within hakmem.limitBytes",
              config.guardsSampleEvery());
    }
    if (hardened) {
      Watch.begin(); // for good
    }
    if (config.frontStats() != 0) {
      FrontStatsReport.printAtExit();
    }
    CBytes.fill(Memory.NULL, 0, (byte) 0); // bound by now: it never needs an object later
    effective = config;
    allocator.install();
    HakmemMonitoring.begin(allocator);
    if (config.recordBytes() > 0) {
      HakmemRecording.beginOwn(config.recordBytes());
    }
    if (config.profileIntervalBytes() > 0) {
      HakmemProfile.beginOwn(config.profileIntervalBytes());
    }
    return allocator;
  }

  /** The knobs that the allocator, which is there, was built with. */
  static synchronized HakmemConfig config() {
    return effective;
  }

  /** Seven eighths of the limit unless somebody says otherwise, and none without a limit. */
  static long softLimit(HakmemConfig config) {
    if (config.softLimitBytes() != 0) {
      return config.softLimitBytes();
    }
    return config.limitBytes() == 0
        ? Long.MAX_VALUE
        : config.limitBytes() - (config.limitBytes() >>> SOFT_LIMIT_GAP_SHIFT);
  }

  private static Reservation reserve(HakmemConfig config, List<Supplier<OsMemory>> sources) {
    for (Supplier<OsMemory> source : sources) {
      OsMemory os = source.get();
      long bytes = config.regionBytes() == 0 ? os.usualRegionBytes() : config.regionBytes();
      Reservation reservation = Reservation.reserve(os, bytes);
      if (reservation != null) {
        return reservation;
      }
    }
    throw new OutOfMemoryError(
        "hakmem: the system refuses to reserve "
            + Reservation.MIN_REGION_BYTES
            + " bytes of address space; see ulimit -v");
  }

  /** Where memory may come from on a system, best first. */
  static List<Supplier<OsMemory>> sources(HakmemConfig.Os choice, String system, String processor) {
    LinuxConstants constants = LinuxConstants.of(processor).orElse(null);
    if (choice == HakmemConfig.Os.PORTABLE) {
      return List.of(PortableMemory::new);
    }
    if (system.equals("Linux") && constants != null) {
      Supplier<OsMemory> linux = () -> new LinuxMemory(constants);
      return choice == HakmemConfig.Os.LINUX ? List.of(linux) : List.of(linux, PortableMemory::new);
    }
    if (choice == HakmemConfig.Os.LINUX) {
      throw new UnsupportedOperationException(
          "hakmem.os is linux, which takes Linux on x86-64 or aarch64; this is "
              + system
              + " on "
              + processor
              + ": set it to auto or portable");
    }
    return List.of(PortableMemory::new);
  }

  private static void requireNativeAccess() {
    try {
      Memory.segment(Memory.NULL, 0);
    } catch (ExceptionInInitializerError e) {
      Module module = Startup.class.getModule();
      throw new IllegalCallerException(
          "hakmem needs native access: start Java with --enable-native-access="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"),
          e.getCause());
    }
  }
}
