// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import io.hakmem.memory.Bits;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import java.util.BitSet;

/** Moves what whole superslabs hold to other ones, by their pages where the system allows it. */
public final class PageMover {
  /*
   * To the system a moved page stays the n-th page of the region, wherever it lies. So pages that moved
   * are a mapping of their own, between neighbours that they do not fit to, and their place remains one
   * when the block is gone. A superslab's origin is where its pages were at home first:
   *
   *   superslab    10    11    12    13    14    15
   *   origin       10    11     3     4    14    15
   *                          ^           ^
   *                          seam        seam      a mapping ends here, another one begins
   *
   * A process has a limited number of mappings, and the JVM and others need theirs: so the seams are
   * counted, beyond a bound contents are copied, and displaced superslabs that lie free get pages of
   * their own place again.
   *
   *   I1  displaced has exactly the superslabs whose origin is not their own number
   *   I2  seams is the number of superslabs whose origin does not follow their left neighbour's
   *
   * Which thread may call: any. Guarded by the lock of Superslabs, which is not held during a call of the
   * system: the superslabs that move are the caller's.
   */

  /** A sixteenth of the mappings that Linux allows a process by default. */
  private static final int MAX_SEAMS = 4096;

  private final OsMemory os;
  private final Account account;
  private final Superslabs superslabs;
  private final int maxSeams;
  private final BitSet displaced = new BitSet();
  private int seams;

  public PageMover(OsMemory os, Account account, Superslabs superslabs) {
    this(os, account, superslabs, MAX_SEAMS);
  }

  /** With another bound of seams, for tests. */
  PageMover(OsMemory os, Account account, Superslabs superslabs, int maxSeams) {
    this.os = os;
    this.account = account;
    this.superslabs = superslabs;
    this.maxSeams = maxSeams;
  }

  /**
   * Moves {@code count} superslabs with their contents and their charge from one place to another,
   * both the caller's as a whole; afterwards the old place is clean. False if that takes more
   * memory than the limit allows, or nothing can be given back here; then nothing has moved.
   */
  public boolean move(int from, int to, int count) {
    if (!os.returnsMemory()) {
      return false;
    }
    // A call takes pages of one mapping only, and a block that moved and grew in place since lies
    // in
    // several. Charged is what is in memory twice while one superslab is copied.
    if (pieceLength(from, count) == count && movePages(from, to, count)) {
      return true;
    }
    if (!account.tryCharge(Region.SUPERSLAB_BYTES)) {
      return false;
    }
    try {
      for (int i = 0; i < count; ) {
        int length = pieceLength(from + i, count - i);
        if (!movePages(from + i, to + i, length)) {
          moveOneByOne(from + i, to + i, length);
        }
        i += length;
      }
    } finally {
      account.uncharge(Region.SUPERSLAB_BYTES);
    }
    return true;
  }

  /** How many of {@code count} superslabs lie in one mapping, as far as it is known here. */
  private int pieceLength(int from, int count) {
    synchronized (superslabs) {
      int length = 1;
      while (length < count && originOf(from + length) == originOf(from) + length) {
        length++;
      }
      return length;
    }
  }

  private void moveOneByOne(int from, int to, int count) {
    for (int i = 0; i < count; i++) {
      if (!movePages(from + i, to + i, 1)) {
        copy(from + i, to + i);
      }
    }
  }

  private boolean movePages(int from, int to, int count) {
    if (!hasSeamsLeft(to + count) || !os.move(addressOf(from), addressOf(to), bytesOf(count))) {
      return false;
    }
    synchronized (superslabs) {
      seams -= seamsBetween(to, to + count);
      for (int i = 0; i < count; i++) {
        Superslab source = superslabs.at(from + i);
        Superslab target = superslabs.at(to + i);
        account.uncharge(
            slicesBytes(target.dirty)); // those pages went when others took their place
        int ignored = target.chargeOnly(source.dirty);
        source.clean(source.dirty);
        setOrigin(target, source.origin);
      }
      seams += seamsBetween(to, to + count);
    }
    return true;
  }

  private void copy(int from, int to) {
    Superslab source = superslabs.at(from);
    Superslab target = superslabs.at(to);
    for (int slices = source.dirty; slices != 0; slices &= slices - 1) {
      long offset = (long) Integer.numberOfTrailingZeros(slices) << Region.SLICE_SHIFT;
      Memory.copy(addressOf(from) + offset, addressOf(to) + offset, Region.SLICE_BYTES);
    }
    boolean left = os.decommit(addressOf(from), Region.SUPERSLAB_BYTES);
    synchronized (superslabs) {
      if (left) {
        account.uncharge(slicesBytes(source.dirty & target.dirty));
      } else {
        account.chargeBeyondLimit(slicesBytes(source.dirty & ~target.dirty));
      }
      int ignored = target.chargeWhole(source.dirty);
      source.clean(left ? source.dirty : 0);
    }
  }

  /**
   * Gives displaced superslabs that became free at or before {@code before} pages of their own
   * place again, which joins the mappings; how many bytes went back to the system with the old
   * pages.
   */
  public long renew(long before) {
    long bytes = 0;
    for (int from = 0; ; ) {
      int count;
      boolean acquired;
      synchronized (superslabs) {
        while (from >= 0 && !isRenewable(from, before)) {
          from = displaced.nextSetBit(from + 1);
        }
        if (from < 0) {
          return bytes;
        }
        count = 1;
        while (isRenewable(from + count, before)) {
          count++;
        }
        // At the limit they cannot be taken while slices of them are charged in part.
        acquired = superslabs.acquireSuperslabsAt(from, count);
      }
      bytes += acquired ? renew(from, count) : 0;
      from += count;
    }
  }

  private boolean isRenewable(int index, long before) {
    if (!displaced.get(index)) {
      return false;
    }
    Superslab superslab = superslabs.at(index);
    boolean resting = superslab.dirty == 0 || superslab.dirtySince - before <= 0;
    return superslab.use == Superslab.Use.FREE && resting;
  }

  private long renew(int from, int count) {
    // Pages that were never touched have no place that they are at home yet: it is where they come
    // to.
    boolean renewed = false;
    long bytes;
    try {
      renewed = putFreshPages(from, count);
    } finally {
      bytes = releaseRenewed(from, count, renewed);
    }
    return bytes;
  }

  private boolean putFreshPages(int from, int count) {
    long fresh = os.reserve(Memory.NULL, bytesOf(count));
    if (fresh == Memory.NULL) {
      return false;
    }
    try {
      return os.commit(fresh, bytesOf(count)) && os.move(fresh, addressOf(from), bytesOf(count));
    } finally {
      os.release(fresh, bytesOf(count));
    }
  }

  private long releaseRenewed(int from, int count, boolean renewed) {
    long bytes = 0;
    synchronized (superslabs) {
      seams -= seamsBetween(from, from + count);
      for (int index = from; index < from + count; index++) {
        Superslab superslab = superslabs.at(index);
        if (renewed) {
          bytes += slicesBytes(superslab.dirty);
          superslab.clean(superslab.dirty);
          setOrigin(superslab, index);
        }
        superslabs.releaseSuperslab(index, superslab.dirty, superslab.dirtySince);
      }
      seams += seamsBetween(from, from + count);
    }
    account.uncharge(bytes);
    return bytes;
  }

  /** Checks I1 and I2; throws {@link IllegalStateException}. */
  public void verify() {
    synchronized (superslabs) {
      for (int index = 0; index < superslabs.superslabCount(); index++) {
        Bits.require(
            displaced.get(index) == (superslabs.at(index).origin != index),
            "superslab " + index + ": displaced and origin disagree");
      }
      int found = seamsBetween(0, superslabs.superslabCount());
      Bits.require(seams == found, "noted " + seams + " seams, found " + found);
    }
  }

  /** Whether two more seams may come, at superslabs below {@code end}. */
  private boolean hasSeamsLeft(int end) {
    synchronized (superslabs) {
      if (displaced.size() <= end) { // grows now: when pages have moved it is too late to fail
        displaced.set(end);
        displaced.clear(end);
      }
      return seams + 2 <= maxSeams;
    }
  }

  private void setOrigin(Superslab superslab, int origin) {
    superslab.origin = origin;
    displaced.set(superslab.index, origin != superslab.index);
  }

  /** Seams at the left borders of the superslabs from {@code from} to {@code to}, this included. */
  private int seamsBetween(int from, int to) {
    int count = 0;
    for (int index = Math.max(from, 1); index <= to; index++) {
      count += originOf(index) == originOf(index - 1) + 1 ? 0 : 1;
    }
    return count;
  }

  /** What lies beyond the frontier is at home there. */
  private int originOf(int index) {
    return index < superslabs.superslabCount() ? superslabs.at(index).origin : index;
  }

  private static long slicesBytes(int slices) {
    return (long) Integer.bitCount(slices) << Region.SLICE_SHIFT;
  }

  private static long bytesOf(int count) {
    return (long) count << Region.SUPERSLAB_SHIFT;
  }

  private static long addressOf(int index) {
    return Region.addressOf(index * Region.SLICES_PER_SUPERSLAB);
  }
}
