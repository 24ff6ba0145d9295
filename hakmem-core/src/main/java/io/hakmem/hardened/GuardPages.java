// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.os.OsMemory;
import java.util.concurrent.atomic.AtomicInteger;

/** Ranges of blocks that nobody may touch, a bounded number. Any thread. */
final class GuardPages {
  /*
   * Each splits a mapping, by two at most, and a process has 65,530 of them by default: a JVM that finds
   * none left dies. So there are no more than an eighth of that, and who gets none does without.
   */

  private static final int MOST = 4096;

  private final OsMemory os;
  private final AtomicInteger count = new AtomicInteger();

  GuardPages(OsMemory os) {
    this.os = os;
  }

  /** Forbids a range; false if there are too many or the source cannot. */
  boolean raise(long address, long byteSize) {
    if (count.incrementAndGet() <= MOST && os.forbid(address, byteSize)) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }

  /** Permits a range of {@link #raise} again; false if the system refuses. */
  boolean lower(long address, long byteSize) {
    if (!os.permit(address, byteSize, "hakmem blocks")) {
      return false;
    }
    count.decrementAndGet();
    return true;
  }

  /** Notes that a range became part of a larger one. */
  void merge() {
    count.decrementAndGet();
  }

  /** Ranges that are forbidden. */
  int count() {
    return count.get();
  }
}
