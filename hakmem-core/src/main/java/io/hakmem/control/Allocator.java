// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.control;

import io.hakmem.depot.Depot;
import io.hakmem.event.CallObserver;
import io.hakmem.event.Calls;
import io.hakmem.event.Events;
import io.hakmem.event.Observer;
import io.hakmem.event.Sampling;
import io.hakmem.front.Classifier;
import io.hakmem.front.FrontCache;
import io.hakmem.front.FrontCaches;
import io.hakmem.front.FrontSettings;
import io.hakmem.front.StripedCaches;
import io.hakmem.guard.GuardedSlots;
import io.hakmem.hardened.HardenedBlocks;
import io.hakmem.hardened.PlainBlocks;
import io.hakmem.large.LargeBlocks;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.OsMemory;
import io.hakmem.slab.Owners;
import io.hakmem.slab.SizeClasses;
import io.hakmem.slab.SlabPool;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.Reservation;
import io.hakmem.superslab.SliceMap;
import io.hakmem.superslab.Superslabs;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The layers of one allocator, built on each other. */
public final class Allocator {

  private static final int MIN_STRIPES = 4;
  private static final int MAX_STRIPES = 64;

  private static volatile @Nullable Allocator current;

  private final Reservation reservation;
  private final Account account;
  private final Superslabs superslabs;
  private final LargeBlocks large;
  private final SlabPool[] pools = new SlabPool[SizeClasses.MAX_CLASS + 1];
  private final Depot[] depots = new Depot[SizeClasses.MAX_CLASS + 1];
  private final Classifier classifier;
  private final FrontCaches caches;
  private final int stripes;
  private final Purger purger;
  private final AtomicLong heapStateBytes = new AtomicLong();

  /** Who chooses samples for guarded slots; null without them. */
  private final @Nullable GuardSampler sampler;

  /** What stands between the callers and the blocks of these layers; null in the standard mode. */
  private final @Nullable HardenedBlocks hardened;

  /** Made when the first thread without a cache of its own comes; most programs have none. */
  private volatile @Nullable StripedCaches striped;

  /** No cache at all, for frees while the Java heap has no room for one. */
  private final StripedCaches uncached;

  /**
   * Builds an allocator on a reservation, which is installed, and starts its purger.
   *
   * @param largeCacheBytes most bytes of freed large blocks that stay for the next request
   * @param limitBytes most physical memory in bytes, {@link Long#MAX_VALUE} for no limit
   * @param softLimitBytes bytes of physical memory above which free memory stays a shorter time,
   *     {@link Long#MAX_VALUE} for no such limit
   * @param purgeDelayNanos how long free memory stays; negative for ever
   * @param quarantineBytes most bytes of freed blocks that are kept back, in the hardened mode;
   *     negative for the standard mode
   * @param guardEvery one in how many allocations gets a guarded slot; 0 for none
   */
  public Allocator(
      Reservation reservation,
      FrontSettings settings,
      long largeCacheBytes,
      long limitBytes,
      long softLimitBytes,
      long purgeDelayNanos,
      long quarantineBytes,
      int guardEvery) {
    this.reservation = reservation;
    settings.install();
    OsMemory os = reservation.os();
    account = new Account(limitBytes);
    superslabs = new Superslabs(os, account);
    large = new LargeBlocks(os, account, superslabs, largeCacheBytes);
    Owners owners = new Owners();
    for (int c = 0; c <= SizeClasses.MAX_CLASS; c++) {
      // Class 0 is none; its pool and depot stay empty and spare every loop a special case.
      pools[c] = new SlabPool(c, superslabs, owners);
      depots[c] =
          c == 0
              ? new Depot(pools[c], owners, 0, 0)
              : new Depot(pools[c], owners, settings.magazineOf(c), settings.magazinesOf(c));
    }
    classifier = new Classifier(depots, large);
    caches = new FrontCaches(os, account, depots, pools, large, classifier, owners);
    uncached = new StripedCaches(caches, depots, large, classifier, 0);
    hardened = quarantineBytes < 0 ? null : new HardenedBlocks(new Plain(), os, quarantineBytes);
    sampler = guardEvery == 0 ? null : makeSampler(os, guardEvery);
    int cores = Runtime.getRuntime().availableProcessors();
    stripes = Math.clamp(2L * cores, MIN_STRIPES, MAX_STRIPES);
    purger =
        new Purger(
            caches,
            depots,
            pools,
            superslabs,
            large,
            account,
            os.returnsMemory(),
            purgeDelayNanos,
            softLimitBytes);
    if (purgeDelayNanos >= 0) {
      purger.start();
    }
  }

  /** The allocator that is in use; null before the first. */
  public static @Nullable Allocator current() {
    return current;
  }

  /** Puts the allocator into use. */
  public void install() {
    current = this;
  }

  /** The calling thread's cache; null for threads that own none. */
  public @Nullable FrontCache cache() {
    FrontCache cache = FrontCaches.own();
    return cache != null || Thread.currentThread().isVirtual() ? cache : caches.attach();
  }

  /** As {@link #cache}, null as well while each call has to be seen. */
  public @Nullable FrontCache cacheOfArenas() {
    FrontCache cache = FrontCaches.current();
    return cache != null || FrontCaches.areHidden() ? cache : cache();
  }

  /** The caches for threads that own none. */
  private StripedCaches striped() {
    StripedCaches made = striped;
    return made != null ? made : makeStriped();
  }

  private synchronized StripedCaches makeStriped() {
    StripedCaches made = striped;
    if (made == null) {
      made = new StripedCaches(caches, depots, large, classifier, stripes);
      striped = made.isEmpty() ? null : made;
    }
    return made;
  }

  /** What the maps say of addresses, whatever the mode. */
  public Classifier classifier() {
    return classifier;
  }

  /** Null if the source has no memory that can be forbidden, or the limit is too low. */
  private @Nullable GuardSampler makeSampler(OsMemory os, int guardEvery) {
    if (!account.tryCharge(GuardedSlots.mostBytes(os))) {
      return null;
    }
    GuardedSlots slots = GuardedSlots.create(os);
    if (slots == null) {
      account.uncharge(GuardedSlots.mostBytes(os));
      return null;
    }
    GuardSampler made = new GuardSampler(slots, guardEvery);
    made.start(caches);
    return made;
  }

  /** The slots of sampled blocks; null without them. */
  public @Nullable GuardedSlots guards() {
    return sampler == null ? null : sampler.slots();
  }

  /** Whether an address lies among the slots of sampled blocks. */
  public boolean isGuarded(long address) {
    return sampler != null && sampler.slots().contains(address);
  }

  private GuardedSlots slots() {
    return Objects.requireNonNull(sampler).slots();
  }

  /** Bytes charged for the slots of sampled blocks. */
  public long guardBytes() {
    return sampler == null ? 0 : GuardedSlots.mostBytes(reservation.os());
  }

  /** As {@link #allocate}, for the program itself: the block may be a sample. */
  public long allocateForProgram(long byteSize, long alignment, boolean zeroed) {
    long guarded = sampler == null ? Memory.NULL : sampler.sample(byteSize, alignment);
    if (guarded == Memory.NULL) {
      return allocate(byteSize, alignment, zeroed);
    }
    tellAllocated(guarded, byteSize, alignment, zeroed);
    return guarded;
  }

  /** The hardened mode's part; null in the standard mode. */
  public @Nullable HardenedBlocks hardened() {
    return hardened;
  }

  /** The blocks that the hardened ones are made of. */
  private final class Plain implements PlainBlocks {
    @Override
    public long allocate(long byteSize, long alignment, boolean zeroed) {
      return attemptPlain(byteSize, alignment, zeroed);
    }

    @Override
    public int free(long address) {
      return freePlain(address);
    }

    @Override
    public long usableSize(long address) {
      return classifier.usableSize(address);
    }

    @Override
    public long startOf(long address) {
      return classifier.startOf(address);
    }

    @Override
    public int explain(long address) {
      return classifier.explain(address);
    }
  }

  /** Bytes that may be used of the live block that starts at an address; 0 if none does. */
  public long usableSize(long address) {
    if (isGuarded(address)) {
      return slots().usableSize(address);
    }
    return hardened == null ? classifier.usableSize(address) : hardened.usableSize(address);
  }

  /** Why an address cannot be freed; a {@link FreeResult}. */
  public int explain(long address) {
    if (isGuarded(address)) {
      return slots().explain(address);
    }
    return hardened == null ? classifier.explain(address) : hardened.explain(address);
  }

  /**
   * Allocates, once more after a purge if need be; {@link Memory#NULL} if no memory is to be had.
   *
   * @param alignment a power of two; 1 for the usual one
   */
  public long allocate(long byteSize, long alignment, boolean zeroed) {
    long address = allocateUntold(byteSize, alignment, zeroed);
    if (address != Memory.NULL) {
      tellAllocated(address, byteSize, alignment, zeroed);
    }
    return address;
  }

  private static void tellAllocated(long address, long byteSize, long alignment, boolean zeroed) {
    CallObserver calls = Calls.observer();
    if (calls != null) {
      calls.allocated(address, byteSize, alignment, zeroed);
    }
  }

  /** As {@link #allocate}, as a part of a call that is told as a whole. */
  public long allocateUntold(long byteSize, long alignment, boolean zeroed) {
    long address = attempt(byteSize, alignment, zeroed);
    if (address == Memory.NULL) {
      long charged = account.chargedBytes();
      purge();
      address = attempt(byteSize, alignment, zeroed);
      tellLimit(byteSize, charged, address != Memory.NULL);
    }
    long weight = Sampling.weigh(byteSize);
    if (weight > 0 && address != Memory.NULL) {
      tellSample(address, byteSize, weight);
    }
    return address;
  }

  private long attempt(long byteSize, long alignment, boolean zeroed) {
    return hardened == null
        ? attemptPlain(byteSize, alignment, zeroed)
        : hardened.allocate(byteSize, alignment, zeroed);
  }

  private long attemptPlain(long byteSize, long alignment, boolean zeroed) {
    FrontCache cache = cache();
    if (alignment > 1) {
      if (zeroed && byteSize > SizeClasses.MAX_BYTES) {
        return large.allocate(byteSize, alignment, true);
      }
      long address =
          cache != null
              ? cache.allocateAligned(byteSize, alignment)
              : striped().allocateAligned(byteSize, alignment);
      if (zeroed && address != Memory.NULL) {
        CBytes.fill(address, byteSize, (byte) 0);
      }
      return address;
    }
    if (zeroed) {
      return cache != null ? cache.allocateZeroed(byteSize) : striped().allocateZeroed(byteSize);
    }
    return cache != null ? cache.allocate(byteSize) : striped().allocate(byteSize);
  }

  /**
   * What {@link #allocate} has to be asked for, if the block is to lie at a multiple of its size, a
   * power of two: plain blocks do by themselves.
   */
  public long naturalAlignment(int byteSize) {
    return hardened == null ? 1 : byteSize;
  }

  /** As {@link Classifier#resize}; never in the hardened mode, in which every block moves. */
  public boolean resizeInPlace(long address, long usable, long byteSize) {
    return hardened == null && classifier.resize(address, usable, byteSize);
  }

  /**
   * Changes the size of a live block without copying what it holds, once more after a purge if that
   * may help; its address then, or {@link Memory#NULL} if it has to be copied.
   */
  public long resize(long address, long usable, long byteSize) {
    if (hardened != null || isGuarded(address)) {
      return Memory.NULL;
    }
    if (classifier.resize(address, usable, byteSize)) {
      return address;
    }
    if (!classifier.canMove(address, byteSize)) {
      return Memory.NULL;
    }
    long moved = classifier.move(address, byteSize);
    if (moved != Memory.NULL) {
      return moved;
    }
    long charged = account.chargedBytes();
    purge();
    moved =
        classifier.resize(address, usable, byteSize) ? address : classifier.move(address, byteSize);
    tellLimit(byteSize, charged, moved != Memory.NULL);
    return moved;
  }

  private static void tellSample(long address, long byteSize, long weight) {
    Observer observer = Events.observer();
    if (observer != null) {
      observer.allocationSampled(address, byteSize, weight);
    }
  }

  private void tellLimit(long byteSize, long charged, boolean served) {
    Observer observer = Events.observer();
    if (observer != null) {
      observer.limitReached(byteSize, charged, account.limitBytes(), served);
    }
  }

  /** Frees; a {@link FreeResult}. */
  public int free(long address) {
    tellFree(address);
    return freeUntold(address);
  }

  /** Before the free: what is refused must not be told. */
  private void tellFree(long address) {
    CallObserver calls = Calls.observer();
    if (calls != null && usableSize(address) != 0) {
      calls.freeing(address);
    }
  }

  private void tellSizedFree(long address, long byteSize) {
    if (Calls.observer() != null && usableSize(address) == Math.max(byteSize, 1)) {
      tellFree(address);
    }
  }

  /** As {@link #free(long)}, as a part of a call that is told as a whole. */
  public int freeUntold(long address) {
    if (isGuarded(address)) {
      return slots().free(address, -1);
    }
    return hardened == null ? freePlain(address) : hardened.free(address, -1);
  }

  private int freePlain(long address) {
    FrontCache cache = cacheOrNone();
    return cache != null ? cache.free(address) : stripedOrUncached().free(address);
  }

  /** Frees a block of a known size; a {@link FreeResult}. */
  public int free(long address, long byteSize) {
    if (isGuarded(address)) {
      tellSizedFree(address, byteSize);
      return slots().free(address, byteSize);
    }
    if (hardened != null) {
      tellSizedFree(address, byteSize);
      return hardened.free(address, byteSize);
    }
    if (Calls.observer() != null) {
      int result = classifier.checkSize(address, byteSize);
      return result == FreeResult.FREED ? free(address) : result;
    }
    FrontCache cache = cacheOrNone();
    return cache != null
        ? cache.free(address, byteSize)
        : stripedOrUncached().free(address, byteSize);
  }

  /** Frees a live block that is the caller's own, where nobody can be told of what is found. */
  public void discard(long address) {
    tellFree(address);
    discardUntold(address);
  }

  /** As {@link #discard}, as a part of a call that is told as a whole. */
  public void discardUntold(long address) {
    if (freeUntold(address) == FreeResult.CORRUPTED && hardened != null) {
      hardened.postponeFinding();
    }
  }

  // A free must not fail for want of a cache.

  private @Nullable FrontCache cacheOrNone() {
    try {
      return cache();
    } catch (OutOfMemoryError noCache) {
      return null;
    }
  }

  private StripedCaches stripedOrUncached() {
    try {
      return striped();
    } catch (OutOfMemoryError noStripes) {
      return uncached;
    }
  }

  /**
   * Returns all that can be, the calling thread's cache included; how many bytes went to the
   * system.
   */
  public long purge() {
    if (hardened != null) {
      hardened.flush();
    }
    FrontCache cache = FrontCaches.own();
    if (cache != null) {
      cache.flush();
    }
    StripedCaches borrowed = striped;
    if (borrowed != null) {
      borrowed.flush();
    }
    return purger.purgeNow();
  }

  public Reservation reservation() {
    return reservation;
  }

  public Account account() {
    return account;
  }

  public Superslabs superslabs() {
    return superslabs;
  }

  public LargeBlocks large() {
    return large;
  }

  /** What lies in which slice, and what is charged for it. */
  public SliceMap sliceMap() {
    SliceMap map = superslabs.sliceMap();
    for (SlabPool pool : pools) {
      pool.noteSlices(map);
    }
    large.noteSlices(map);
    return map;
  }

  /** The slabs of a class. */
  public SlabPool pool(int sizeClass) {
    return pools[sizeClass];
  }

  /** The depot of a class. */
  public Depot depot(int sizeClass) {
    return depots[sizeClass];
  }

  public FrontCaches caches() {
    return caches;
  }

  /** Requests of a class that threads without a cache made and no borrowed cache could serve. */
  public long borrowedMisses(int sizeClass) {
    StripedCaches borrowed = striped;
    return borrowed == null ? 0 : borrowed.misses(sizeClass);
  }

  /** Every front cache there is: of threads, of the dead, and the striped ones. */
  public List<FrontCache> allCaches() {
    List<FrontCache> all = caches.all();
    StripedCaches borrowed = striped;
    if (borrowed != null) {
      all.addAll(borrowed.all());
    }
    return all;
  }

  /** Java heap that the first-class heaps take for the state of their blocks, in bytes. */
  public AtomicLong heapStateBytes() {
    return heapStateBytes;
  }

  /** Has the background purge, if there is one, run something each time until it says true. */
  public void atEachTick(BooleanSupplier action) {
    purger.atEachTick(action);
  }

  /** Holds background purges off while something is done. */
  public void withoutPurge(Runnable action) {
    purger.pauseDuring(action);
  }
}
