// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.large.LargeBlocks;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of front caches for threads that own none: virtual threads, and platform threads
 * beyond the most there can be.
 */
public final class StripedCaches {
  /*
   * A stripe is claimed for the few instructions of a pop or a push and released before anything that
   * can block: depot, slabs and large blocks are asked with no stripe in hand. A stripe that cannot be
   * claimed at once is passed over; at worst the depot is asked directly.
   *
   *   claim (compareAndSet)  happens after  release (set): the stripe's plain fields go with it.
   *
   * At the memory limit there may be no stripe at all; then everything goes to depot and slabs directly.
   *
   * What needs an object of the Java heap makes it before a block is in hand or a stripe claimed, or can
   * do without: when that heap is full, a free goes to its slab.
   *
   * A free goes to the stripe that owns the slab, if one does: claimed, it is as good as one's own.
   */

  private static final class Stripe {
    final FrontCache cache;
    final AtomicBoolean claimed = new AtomicBoolean();

    Stripe(FrontCache cache) {
      this.cache = cache;
    }
  }

  private final Depot[] depots;
  private final LargeBlocks large;
  private final Classifier classifier;
  private final FrontSettings settings = FrontSettings.installed();
  private final Stripe[] stripes;

  /** Most bytes of pool classes that frees leave in a stripe: all have as much as one thread. */
  private final long mostBytes;

  /** Requests of each class that no stripe could serve. */
  private final AtomicLongArray misses = new AtomicLongArray(SizeClasses.MAX_CLASS + 1);

  /** Stripes by the number of their cache. */
  private final @Nullable Stripe[] byOwner;

  /** As many stripes as {@code wanted}, or as there are numbers left. */
  public StripedCaches(
      FrontCaches caches, Depot[] depots, LargeBlocks large, Classifier classifier, int wanted) {
    this.depots = depots;
    this.large = large;
    this.classifier = classifier;
    byOwner = new @Nullable Stripe[wanted == 0 ? 0 : PageMap.MAX_OWNER + 1];
    List<FrontCache> made = new ArrayList<>(wanted);
    boolean done = false;
    try {
      for (int i = 0; i < wanted; i++) {
        FrontCache cache = caches.create();
        if (cache == null) {
          break;
        }
        made.add(cache);
      }
      stripes = new Stripe[made.size()];
      for (int i = 0; i < stripes.length; i++) {
        stripes[i] = new Stripe(made.get(i));
      }
      done = true;
    } finally {
      if (!done) {
        for (int i = 0; i < made.size(); i++) {
          caches.giveUp(made.get(i));
        }
      }
    }
    mostBytes = settings.cacheBytes() / Math.max(stripes.length, 1);
    for (Stripe stripe : stripes) {
      byOwner[stripe.cache.id()] = stripe;
    }
  }

  /** Allocates; {@link Memory#NULL} for a size that is negative or cannot be had. */
  public long allocate(long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_BYTES) > 0) {
      return large.allocate(byteSize, 1, false);
    }
    return allocateClass(SizeClasses.classOf(byteSize));
  }

  /** As {@link #allocate}; the block reads as zero. */
  public long allocateZeroed(long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_BYTES) > 0) {
      return large.allocate(byteSize, 1, true);
    }
    long address = allocate(byteSize);
    if (address != Memory.NULL && !Classifier.isKnownZero(address, byteSize)) {
      CBytes.fill(address, byteSize, (byte) 0);
    }
    return address;
  }

  /** As {@link #allocate}, at a multiple of a power of two. */
  public long allocateAligned(long byteSize, long alignment) {
    int sizeClass = Classifier.alignedClassOf(byteSize, alignment);
    if (sizeClass == 0) {
      return large.allocate(byteSize, alignment, false);
    }
    long address = allocateClass(sizeClass);
    if (address != Memory.NULL && SizeClasses.classOf(byteSize) != sizeClass) {
      Classifier.markLoose(address, sizeClass);
    }
    return address;
  }

  private long allocateClass(int sizeClass) {
    Stripe stripe = claim();
    if (stripe != null) {
      long address;
      try {
        address = stripe.cache.popClass(sizeClass);
      } finally {
        stripe.claimed.set(false);
      }
      if (address != Memory.NULL) {
        return address;
      }
    }
    return allocateFromBatch(stripe, sizeClass);
  }

  private long allocateFromBatch(@Nullable Stripe stripe, int sizeClass) {
    int want = settings.refillOf(sizeClass);
    long[] batch = new long[want];
    int owner = stripe == null ? PageMap.NO_OWNER : stripe.cache.id();
    while (true) {
      int count = depots[sizeClass].refill(owner, batch, 0, want, want);
      if (count == 0) {
        return Memory.NULL;
      }
      settings.arrange(batch, count);
      long address = Memory.NULL;
      while (count > 0 && address == Memory.NULL) {
        count--;
        address = Classifier.markLive(batch[count], sizeClass) ? batch[count] : Memory.NULL;
      }
      keep(stripe, owner, sizeClass, batch, count);
      if (address != Memory.NULL) {
        misses.incrementAndGet(sizeClass);
        return address;
      }
    }
  }

  /** Puts the rest of a batch into a stripe, or where there is no room into the depot. */
  private void keep(@Nullable Stripe stripe, int owner, int sizeClass, long[] batch, int count) {
    int kept = 0;
    if (count > 0 && stripe != null && stripe.claimed.compareAndSet(false, true)) {
      try {
        kept = stripe.cache.pushAll(sizeClass, batch, 0, count);
      } finally {
        stripe.claimed.set(false);
      }
    }
    depots[sizeClass].give(owner, batch, kept, count);
  }

  /** Frees the live block that starts at an address; a {@link FreeResult}. */
  public int free(long address) {
    if (!Region.containsGranule(address)) {
      return classifier.explain(address);
    }
    int entry = PageMap.entry(address);
    int kind = PageMap.kind(entry);
    if (kind == 0) {
      return FreeResult.NOT_ALLOCATED;
    }
    if (kind > SizeClasses.MAX_CLASS) {
      return large.free(address, -1, kind);
    }
    if (!Classifier.markFree(address, kind)) {
      return classifier.explain(address);
    }
    release(kind, PageMap.owner(entry), address);
    return FreeResult.FREED;
  }

  /** As {@link #free(long)} for a block of which the caller knows the size. */
  public int free(long address, long byteSize) {
    int result = classifier.checkSize(address, byteSize);
    return result == FreeResult.FREED ? free(address) : result;
  }

  /** Finds a place for a block that is marked free. */
  private void release(int sizeClass, int owner, long address) {
    Stripe stripe = owner < byOwner.length ? byOwner[owner] : null;
    if (stripe == null || !push(stripe, owner, sizeClass, address)) {
      depots[sizeClass].giveBack(address);
    }
  }

  private boolean push(Stripe stripe, int owner, int sizeClass, long address) {
    if (!stripe.claimed.compareAndSet(false, true)) {
      return false;
    }
    boolean pushed;
    try {
      pushed = stripe.cache.tryPush(sizeClass, address, mostBytes);
    } finally {
      stripe.claimed.set(false);
    }
    return pushed || pushFull(stripe, owner, sizeClass, address);
  }

  /** Makes room first: the older half of a full stack goes to the depot. */
  private boolean pushFull(Stripe stripe, int owner, int sizeClass, long address) {
    long[] half;
    try {
      half = new long[settings.capacity()];
    } catch (OutOfMemoryError noArray) {
      return false;
    }
    if (!stripe.claimed.compareAndSet(false, true)) {
      return false;
    }
    int count;
    boolean pushed;
    try {
      count = stripe.cache.takeHalf(sizeClass, half);
      pushed = stripe.cache.tryPush(sizeClass, address, mostBytes);
    } finally {
      stripe.claimed.set(false);
    }
    depots[sizeClass].give(owner, half, 0, count);
    return pushed;
  }

  /** Requests of a class that were served by the depot or the slabs directly. */
  public long misses(int sizeClass) {
    return misses.get(sizeClass);
  }

  /** Whether there is no stripe for want of memory. */
  public boolean isEmpty() {
    return stripes.length == 0;
  }

  /** All caches of the set. */
  public List<FrontCache> all() {
    List<FrontCache> caches = new ArrayList<>();
    for (Stripe stripe : stripes) {
      caches.add(stripe.cache);
    }
    return caches;
  }

  /** Returns the blocks of every stripe that is not in use to their slabs. */
  public void flush() {
    long[] half = new long[settings.capacity()];
    for (Stripe stripe : stripes) {
      for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
        int count = takeHalf(stripe, c, half);
        while (count > 0) {
          depots[c].giveBack(half, 0, count);
          count = takeHalf(stripe, c, half);
        }
      }
    }
  }

  private static int takeHalf(Stripe stripe, int sizeClass, long[] into) {
    if (!stripe.claimed.compareAndSet(false, true)) {
      return 0;
    }
    try {
      return stripe.cache.takeHalf(sizeClass, into);
    } finally {
      stripe.claimed.set(false);
    }
  }

  /** The first stripe that can be had, from the thread's own on; null if none can. */
  private @Nullable Stripe claim() {
    int own = (int) (Thread.currentThread().threadId() & Integer.MAX_VALUE);
    for (int i = 0; i < stripes.length; i++) {
      Stripe stripe = stripes[(own % stripes.length + i) % stripes.length];
      if (stripe.claimed.compareAndSet(false, true)) {
        return stripe;
      }
    }
    return null;
  }
}
