// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.large.LargeBlocks;
import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;
import io.hakmem.os.OsMemory;
import io.hakmem.slab.Owners;
import io.hakmem.slab.SizeClasses;
import io.hakmem.slab.SlabPool;
import io.hakmem.superslab.Account;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.Region;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Which front cache belongs to which thread, from its first allocation to after its death. */
public final class FrontCaches {
  /*
   * The calling thread's cache is found in a table by thread id; a thread that lost its slot to
   * another finds its cache in a ThreadLocal and takes the slot back. Ids of threads are never used
   * again, and only a thread itself writes its id into a cache: whoever reads its own id there is the
   * owner, however old the entry.
   *
   *            a thread allocates first           the thread is dead
   *    (new) --------------------------> OWNED ------------------------> IDLE
   *                                        ^                              |   |
   *                                        |   another thread needs one   |   | a purge delay passed
   *                                        +------------------------------+   v
   *                                                                         FLUSHED
   *
   * An idle cache keeps its blocks and its slabs: the next thread starts with both, and of several
   * takes the one that is idle for longest, so that threads that are started again in the same order
   * find the sizes that they need. That a thread is
   * dead is asked of the thread (isAlive, whose false answer comes after everything it did), when a
   * new thread arrives and by the purger; a Cleaner would wait for a garbage collection that a
   * program without garbage never does.
   */

  static final long NO_THREAD = -1;

  private static final int SLOTS = 4096;
  private static final @Nullable FrontCache[] BY_THREAD = new @Nullable FrontCache[SLOTS];

  /** As BY_THREAD, but never hidden: where {@link #own} looks before it asks LOCAL. */
  private static final @Nullable FrontCache[] OWN = new @Nullable FrontCache[SLOTS];

  private static final ThreadLocal<FrontCache> LOCAL = new ThreadLocal<>();

  /** While BY_THREAD is kept empty: then only {@link #own} finds a cache. */
  private static volatile boolean watched;

  // Raised by the purger; owners drain when they see it change.
  private static final AtomicInteger EPOCH = new AtomicInteger();

  /** A cache and the thread that owns it. */
  private record Owned(WeakReference<Thread> thread, FrontCache cache) {
    boolean isDead() {
      Thread owner = thread.get();
      return owner == null || !owner.isAlive();
    }
  }

  private final OsMemory os;
  private final Account account;
  private final long areaBytes;
  private final Depot[] depots;
  private final SlabPool[] pools;
  private final LargeBlocks large;
  private final Classifier classifier;
  private final Owners owners;

  // These have room for every cache there is, so that none is lost when the Java heap is full.
  private final ArrayList<Owned> owned = new ArrayList<>();
  private final ArrayList<FrontCache> idle = new ArrayList<>();
  private final BitSet usedIds = new BitSet(Region.CACHE_AREA_COUNT);

  /** Whose areas are charged: those in use, and those that the system did not take back. */
  private final BitSet chargedIds = new BitSet(Region.CACHE_AREA_COUNT);

  private int cacheCount;

  private final RetiredCounters retired = new RetiredCounters();

  public FrontCaches(
      OsMemory os,
      Account account,
      Depot[] depots,
      SlabPool[] pools,
      LargeBlocks large,
      Classifier classifier,
      Owners owners) {
    this.os = os;
    this.account = account;
    areaBytes = Bits.alignUp(Stacks.AREA_BYTES, os.pageBytes());
    this.depots = depots;
    this.pools = pools;
    this.large = large;
    this.classifier = classifier;
    this.owners = owners;
    usedIds.set(PageMap.NO_OWNER);
  }

  /**
   * The calling thread's cache; null if it has none yet, is a virtual thread, or caches are hidden.
   */
  @HotPath
  public static @Nullable FrontCache current() {
    long id = Thread.currentThread().threadId();
    FrontCache cache = BY_THREAD[(int) id & (SLOTS - 1)];
    return cache != null && cache.belongsTo(id) ? cache : currentSlow(id);
  }

  private static @Nullable FrontCache currentSlow(long id) {
    if (watched) {
      return null;
    }
    FrontCache cache = local();
    if (cache == null || cache.isTrapped()) {
      return null;
    }
    enter(id, cache);
    return cache;
  }

  /** As {@link #current}, also while that hides the caches. */
  public static @Nullable FrontCache own() {
    long id = Thread.currentThread().threadId();
    int slot = (int) id & (SLOTS - 1);
    FrontCache cache = OWN[slot];
    if (cache != null && cache.belongsTo(id)) {
      return cache;
    }
    cache = local();
    if (cache != null) {
      OWN[slot] = cache;
    }
    return cache;
  }

  /** Hides every cache from which as much was taken as was drawn for it: see GuardSampler. */
  public synchronized void trapDue(int meanDistance) {
    for (Owned entry : owned) {
      FrontCache cache = entry.cache();
      if (cache.isTrapped() || cache.isDue(meanDistance)) {
        cache.setTrapped(true);
        int slot = (int) cache.threadId() & (SLOTS - 1);
        if (BY_THREAD[slot] == cache) {
          BY_THREAD[slot] = null;
        }
      }
    }
  }

  /** Whether the caches are hidden from {@link #current}. */
  public static boolean areHidden() {
    return watched;
  }

  private static @Nullable FrontCache local() {
    if (Thread.currentThread().isVirtual()) {
      return null;
    }
    try {
      return LOCAL.get();
    } catch (OutOfMemoryError noMap) { // the thread has no entry, hence no cache
      return null;
    }
  }

  private static void enter(long id, FrontCache cache) {
    int slot = (int) id & (SLOTS - 1);
    BY_THREAD[slot] = cache;
    VarHandle.fullFence(); // either this sees that the table is to be empty, or hide sees the entry
    if (watched) {
      BY_THREAD[slot] = null;
    }
  }

  /**
   * Hides the caches of all threads from {@link #current}, or no more: calls then take the ways of
   * threads without a cache, which begin in the allocator and use the cache all the same.
   */
  static void hide(boolean on) {
    watched = on;
    if (on) {
      Arrays.fill(BY_THREAD, null);
    }
  }

  /**
   * Gives the calling platform thread, which has none, a cache; null if there are too many threads.
   */
  public @Nullable FrontCache attach() {
    Thread thread = Thread.currentThread();
    LOCAL.set(null); // makes the entry, while there is no cache that could be lost
    FrontCache cache = acquire(thread);
    if (cache != null) {
      cache.takeOver(thread);
      LOCAL.set(cache);
      enter(thread.threadId(), cache);
    }
    return cache;
  }

  private synchronized @Nullable FrontCache acquire(Thread thread) {
    WeakReference<Thread> reference = new WeakReference<>(thread); // may fail, as all up to removal
    collectDead();
    owned.ensureCapacity(owned.size() + 1);
    if (idle.isEmpty()) {
      FrontCache made = create();
      if (made == null) {
        return null;
      }
      idle.add(made);
    }
    Owned entry = new Owned(reference, idle.getFirst());
    idle.removeFirst();
    owned.add(entry);
    return entry.cache();
  }

  /** A cache that no thread owns, for borrowers; null if there are too many. */
  synchronized @Nullable FrontCache create() {
    int id = usedIds.nextClearBit(0);
    if (id >= Region.CACHE_AREA_COUNT) {
      return null;
    }
    if (!chargedIds.get(id) && !chargeArea(id)) {
      return null;
    }
    FrontCache cache = new FrontCache(id, Region.cacheArea(id), depots, large, classifier);
    idle.ensureCapacity(cacheCount + 1);
    usedIds.set(id);
    cacheCount++;
    owners.arrive(id);
    return cache;
  }

  private boolean chargeArea(int id) {
    if (!account.tryCharge(areaBytes)) {
      return false;
    }
    if (!os.commit(Region.cacheArea(id), areaBytes)) {
      account.uncharge(areaBytes);
      return false;
    }
    chargedIds.set(id);
    return true;
  }

  private void collectDead() {
    for (Iterator<Owned> each = owned.iterator(); each.hasNext(); ) {
      Owned entry = each.next();
      if (entry.isDead()) {
        idle.add(entry.cache());
        each.remove();
      }
    }
  }

  /**
   * Returns the blocks and slabs of dead threads that no new thread took over since the last call;
   * how many caches.
   */
  public int retireIdle() {
    int retiredCaches = 0;
    for (int unclaimed = idleCount(); unclaimed > 0; unclaimed--) {
      FrontCache cache = takeIdle();
      if (cache == null) {
        break;
      }
      giveUp(cache);
      retiredCaches++;
    }
    synchronized (this) {
      collectDead();
    }
    return retiredCaches;
  }

  private synchronized int idleCount() {
    return idle.size();
  }

  private synchronized @Nullable FrontCache takeIdle() {
    return idle.isEmpty() ? null : idle.removeFirst();
  }

  /** Gives up a cache that is in nobody's hands: its blocks and slabs, then its number. */
  void giveUp(FrontCache cache) {
    cache.flush();
    owners.leave(cache.id());
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      pools[c].orphan(cache.id());
    }
    retire(cache);
  }

  private synchronized void retire(FrontCache cache) {
    cacheCount--;
    retired.add(cache);
    if (os.decommit(Region.cacheArea(cache.id()), areaBytes)) {
      account.uncharge(areaBytes);
      chargedIds.clear(cache.id());
    }
    usedIds.clear(cache.id());
  }

  static int epoch() {
    return EPOCH.getPlain();
  }

  /** Asks every owner to drain at its next slow path. */
  public static void raiseEpoch() {
    EPOCH.incrementAndGet();
  }

  /** All caches that exist: of threads and of the dead. */
  public synchronized List<FrontCache> all() {
    List<FrontCache> caches = new ArrayList<>(idle);
    for (Owned entry : owned) {
      caches.add(entry.cache());
    }
    return caches;
  }

  /** Bytes charged for the areas of all caches, the borrowed ones included. */
  public synchronized long chargedBytes() {
    return chargedIds.cardinality() * areaBytes;
  }

  /** What caches counted that do not exist any more. */
  public RetiredCounters retired() {
    return retired;
  }
}
