// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/** The account of physical memory: what may have been touched, bounded by the hard limit. */
public final class Account {
  /*
   * Memory is charged before anyone can touch it and uncharged after it went back to the system, so
   *
   *   physical memory of the region <= charged <= limit        at every instant,
   *
   * but for the one case that chargeBeyondLimit names.
   */

  // Made when the class is: a method reference is linked at its first use, and that may fail.
  private static final LongBinaryOperator MAX = Math::max;

  private final AtomicLong charged = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final long limitBytes;

  private volatile @Nullable Watcher watcher;

  /** Whom to tell when more than {@code bytes} became charged. */
  private record Watcher(long bytes, Runnable listener) {}

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
        peak.accumulateAndGet(before + bytes, MAX);
        notePassed(before, before + bytes);
        return true;
      }
    }
  }

  /**
   * Charges what is in use already: a block was half moved when the system refused both to move its
   * pages and to take back what was copied. The only way beyond the limit.
   */
  void chargeBeyondLimit(long bytes) {
    long after = charged.addAndGet(bytes);
    peak.accumulateAndGet(after, MAX);
    notePassed(after - bytes, after);
  }

  /**
   * From now on, every charge that passes {@code bytes} runs {@code listener}, in the thread and
   * under the locks that it is made in: a listener must be quick and take no lock.
   */
  public void watch(long bytes, Runnable listener) {
    watcher = new Watcher(bytes, listener);
  }

  private void notePassed(long before, long after) {
    Watcher present = watcher;
    if (present != null && before <= present.bytes && after > present.bytes) {
      present.listener.run();
    }
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
