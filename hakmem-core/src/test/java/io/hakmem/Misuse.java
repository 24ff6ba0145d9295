// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;

/** What the tests of bad addresses and sizes share. */
final class Misuse {

  private Misuse() {}

  /** Which kind of thread does it. */
  enum Caller {
    PLATFORM,
    VIRTUAL;

    void run(InThread.Action action) {
      InThread.run(this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform(), action);
    }
  }

  /** A tier and sizes in it. */
  enum Tier {
    TINY(1, 16, 17, 100, 144, 1000, 1024, 1025, 1153, 2000, 2048),
    POOL(2049, 2305, 4000, 4096, 5000, 20_000, 32 << 10, 48 << 10),
    ACE((48 << 10) + 1, 60_000, 64 << 10, 100_000, 500_000, 1 << 20),
    HUGE((1 << 20) + 1, 2 << 20, (2 << 20) + 1, 5_000_000);

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    final List<Long> sizes;

    Tier(Integer... sizes) {
      this.sizes = Stream.of(sizes).map(Integer::longValue).toList();
    }

    long size(int i) {
      return sizes.get(i % sizes.size());
    }

    /** Blocks to hold at a time. */
    int batch() {
      return this == HUGE ? 10 : 100;
    }
  }

  static void refused(InvalidFreeException.Kind kind, long address, Runnable action) {
    InvalidFreeException refusal = assertThrows(InvalidFreeException.class, action::run);
    if (refusal.kind() != kind || refusal.address() != address) {
      throw new AssertionError("wanted " + kind + " of 0x" + Long.toHexString(address), refusal);
    }
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains("0x" + Long.toHexString(address)), message);
  }
}
