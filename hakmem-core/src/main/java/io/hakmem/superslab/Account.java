// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import java.util.concurrent.atomic.AtomicLong;

/** The account of physical memory: what may have been touched, bounded by the hard limit. */
public final class Account {
  /*
   * Memory is charged before anyone can touch it and uncharged after it went back to the system, so
   *
   *   physical memory of the region <= charged <= limit        at every instant,
   *
   * but for the one case that chargeBeyondLimit names.
   */

  private final AtomicLong charged = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final long limitBytes;

  /** An account with a limit in bytes; {@link Long#MAX_VALUE} for none. */
  public Account(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Charges {@code bytes}, or does nothing and returns false if that would exceed the limit. */
  public boolean tryCharge(long bytes) {
    while (true) {
      long before = charged.get();
      if (bytes > limitBytes - before) {
        return false;
      }
      if (charged.compareAndSet(before, before + bytes)) {
        peak.accumulateAndGet(before + bytes, Math::max);
        return true;
      }
    }
  }

  /**
   * Charges what is in use already: a block was half moved when the system refused both to move its
   * pages and to take back what was copied. The only way beyond the limit.
   */
  void chargeBeyondLimit(long bytes) {
    peak.accumulateAndGet(charged.addAndGet(bytes), Math::max);
  }

  public void uncharge(long bytes) {
    charged.addAndGet(-bytes);
  }

  /** Bytes charged at this instant. */
  public long chargedBytes() {
    return charged.get();
  }

  /** The most that was ever charged. */
  public long peakBytes() {
    return peak.get();
  }

  /** The limit in bytes; {@link Long#MAX_VALUE} for none. */
  public long limitBytes() {
    return limitBytes;
  }
}
