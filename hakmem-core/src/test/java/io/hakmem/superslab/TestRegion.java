// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.OsMemory;
import org.jspecify.annotations.Nullable;

/**
 * A small region for tests of the structures on it: one in a class loader, wiped before each test.
 */
public final class TestRegion {

  /** Bytes of the region. */
  public static final long BYTES = 256L << 20;

  private static @Nullable FakeOsMemory os;
  private static @Nullable Reservation reservation;

  private TestRegion() {}

  /**
   * The memory behind the region; everything in it reads as zero, and its blocks are one mapping.
   */
  public static synchronized FakeOsMemory wiped() {
    FakeOsMemory memory = os;
    Reservation space = reservation;
    if (memory == null || space == null) {
      memory = FakeOsMemory.onThisSystem();
      space = Reservation.reserve(memory, BYTES);
      if (space == null) {
        throw new AssertionError("no address space");
      }
      space.install();
      os = memory;
      reservation = space;
    }
    memory.refuse(FakeOsMemory.Refusal.NEVER);
    memory.listen((address, byteSize) -> {});
    OsMemory wiping = memory;
    space.forEachRange(
        (name, address, byteSize) -> {
          boolean wiped =
              address == Region.BASE
                  ? wiping.release(address, byteSize)
                      && wiping.reserve(address, byteSize) == address
                  : wiping.decommit(address, byteSize);
          if (!wiped) {
            throw new AssertionError("cannot wipe the " + name);
          }
        });
    return memory;
  }
}
