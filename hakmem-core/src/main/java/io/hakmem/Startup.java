// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.front.FrontSettings;
import io.hakmem.memory.Memory;
import io.hakmem.os.LinuxConstants;
import io.hakmem.os.LinuxMemory;
import io.hakmem.os.OsMemory;
import io.hakmem.superslab.Reservation;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Builds the one allocator of this class loader at its first use. */
final class Startup {
  /*
   * Nothing of it happens in a static initialiser, so that a bad knob or a refused reservation
   * surfaces as what it is and can be mended and tried again. The constants of the fast path, which do
   * live in static initialisers, come from a reservation that is made and installed here before.
   */

  private static @Nullable HakmemConfig configured;

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
    Warmup.thread().start();
    return start(config, systemMemory());
  }

  /** Builds the allocator on a source of memory; for tests, with one that refuses. */
  static synchronized Allocator start(HakmemConfig config, OsMemory os) {
    Reservation reservation = Reservation.reserve(os, config.regionBytes());
    if (reservation == null) {
      throw new OutOfMemoryError(
          "hakmem: the system refuses to reserve "
              + Reservation.MIN_REGION_BYTES
              + " bytes of address space; see ulimit -v");
    }
    reservation.install();
    FrontSettings settings =
        new FrontSettings(
            config.tinyFastCap(),
            config.tinyRefillCountHot(),
            config.tinyRefillCountMid(),
            config.tinySllDrainInterval(),
            config.frontCacheBytes());
    long limit = config.limitBytes() == 0 ? Long.MAX_VALUE : config.limitBytes();
    long delay = TimeUnit.MILLISECONDS.toNanos(config.purgeDelayMillis());
    Allocator allocator = new Allocator(reservation, settings, limit, delay);
    if (config.frontStats() != 0) {
      FrontStatsReport.printAtExit();
    }
    allocator.install();
    return allocator;
  }

  private static OsMemory systemMemory() {
    String os = System.getProperty("os.name");
    String architecture = System.getProperty("os.arch");
    LinuxConstants constants = LinuxConstants.of(architecture).orElse(null);
    if (!os.equals("Linux") || constants == null) {
      throw new UnsupportedOperationException(
          "hakmem runs on Linux, x86-64 and aarch64; this is " + os + " on " + architecture);
    }
    return new LinuxMemory(constants);
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
