// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.large.LargeBlocks;
import io.hakmem.memory.Bits;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;

/**
 * The free blocks that one thread has at hand. All methods: owner thread only, unless they say
 * otherwise.
 */
public final class FrontCache {
  /*
   * allocate(size)                                                                      where
   * ------------------------------------------------------------------------------------------------
   * 1 size -> class                                                                     SizeClasses
   * 2   pop from the stack of the class, mark the block live            FAST END        Stacks, LiveMap
   * 3     allocateMiss: the stack is empty: a waiting magazine, else a batch of slabs   Depot, SlabPool
   * larger sizes leave at 1                                                             LargeBlocks
   *
   * free(address)
   * ------------------------------------------------------------------------------------------------
   * 1 range and alignment in one comparison                                             Region
   * 2 page map entry and live byte: a live block of my slab?                            PageMap, LiveMap
   * 3   mark it free, push on the stack of its class                    FAST END        Stacks
   * 4     freeFull: the older half of a full stack becomes a magazine                   Depot
   * 5   freeSlow: somebody else's slab: push on the remote stack of the class, which is handed
   *     over as a magazine when it is full                                              RemoteStacks
   *
   * The fast path has no lock and no atomic, stores no reference and does not touch the block. Pool
   * classes take the same way with maps of their own.
   */

  private final Depot[] depots;
  private final LargeBlocks large;
  private final Classifier classifier;
  private final FrontSettings settings;
  private final int id;

  /** What the page map says of a tiny slab of this cache's, without the class. */
  private final int tag;

  /** Address of the stacks, packed. */
  private final long packedStacks;

  /** Blocks on their way between stacks and depot. */
  private final long[] batch;

  private final RemoteStacks remote;
  private final ZeroedBlock zeroed = new ZeroedBlock();
  private final FrontCounters counters = new FrontCounters();

  /** Thread that owns this cache; written by itself when it takes the cache over. */
  private long threadId = FrontCaches.NO_THREAD;

  private final DrainMarks drainMarks = new DrainMarks();
  private int movedSinceDrain;
  private int seenEpoch;

  /** A cache with a number over its area, which is committed and zero. */
  FrontCache(int id, long area, Depot[] depots, LargeBlocks large, Classifier classifier) {
    this.id = id;
    this.depots = depots;
    this.large = large;
    this.classifier = classifier;
    settings = FrontSettings.installed();
    tag = id << PageMap.OWNER_SHIFT;
    packedStacks = Stacks.pack(area);
    Stacks.clear(area);
    batch = new long[settings.capacity()];
    remote = new RemoteStacks(depots);
  }

  // ---- fast path

  /** Whether this is the cache of the thread with an id. Any thread. */
  @HotPath
  boolean belongsTo(long thread) {
    return threadId == thread;
  }

  /** Allocates; {@link Memory#NULL} for a size that is negative or cannot be had. */
  @HotPath
  public long allocate(long byteSize) {
    return Long.compareUnsigned(byteSize, SizeClasses.MAX_TINY_BYTES) <= 0
        ? allocateTiny(SizeClasses.tinyClassOf(byteSize))
        : allocateLarger(byteSize);
  }

  /** A method of its own, so that its machine code stays small enough to be inlined everywhere. */
  @HotPath
  private long allocateTiny(int sizeClass) {
    long stacks = Stacks.unpack(packedStacks);
    long wordAddress = Stacks.word(stacks, sizeClass);
    long word = Memory.getLong(wordAddress);
    int count = Stacks.count(word);
    if (count != 0) {
      Memory.putLong(wordAddress, word + Stacks.POP);
      long address = Memory.getLong(Stacks.tinyEntry(stacks, sizeClass, count - 1));
      if (!Checks.ENABLED) {
        return address;
      }
      if (LiveMap.get(address) == -sizeClass) {
        LiveMap.set(address, sizeClass);
        return address;
      }
      return allocateAfterDrop(sizeClass);
    }
    return allocateMiss(sizeClass);
  }

  /** Frees the live block that starts at an address; a {@link FreeResult}. */
  @HotPath
  public int free(long address) {
    if (!Region.containsGranule(address)) {
      return classifier.explain(address);
    }
    int entry = PageMap.entry(address);
    int state = Checks.ENABLED ? LiveMap.get(address) : tinyClassIn(entry);
    if (entry == tag + state) {
      // entry holds a class and no other bits, so state is that class: a live block of my own slab.
      if (Checks.ENABLED) {
        LiveMap.set(address, -state);
      }
      long stacks = Stacks.unpack(packedStacks);
      long wordAddress = Stacks.word(stacks, state);
      long word = Memory.getLong(wordAddress);
      if (Stacks.hasRoom(word)) {
        Memory.putLong(Stacks.tinyEntry(stacks, state, Stacks.count(word)), address);
        Memory.putLong(wordAddress, word + Stacks.PUSH);
        return FreeResult.FREED;
      }
      return freeFull(state, address);
    }
    return freeSlow(address, entry);
  }

  /**
   * Frees a live block of which the caller says that its size is {@code byteSize}, not negative; a
   * {@link FreeResult}.
   */
  @HotPath
  public int free(long address, long byteSize) {
    if (byteSize <= SizeClasses.MAX_TINY_BYTES
        && Region.containsGranule(address)
        && LiveMap.get(address) == SizeClasses.tinyClassOf(byteSize)) {
      return free(address);
    }
    return freeSizedSlow(address, byteSize);
  }

  // ---- allocate, beyond the fast path

  /** Pool classes: as {@link #allocate}, with the pool's live map; other sizes leave here. */
  @HotPath
  private long allocateLarger(long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_BYTES) > 0) {
      return large.allocate(byteSize, 1, false);
    }
    return allocatePool(SizeClasses.poolClassOf(byteSize));
  }

  @HotPath
  private long allocatePool(int sizeClass) {
    long stacks = Stacks.unpack(packedStacks);
    long wordAddress = Stacks.word(stacks, sizeClass);
    long word = Memory.getLong(wordAddress);
    int count = Stacks.count(word);
    if (count == 0) {
      return allocateMiss(sizeClass);
    }
    Memory.putLong(wordAddress, word + Stacks.POP);
    long address = Memory.getLong(Stacks.poolEntry(stacks, sizeClass, count - 1));
    int state = PoolLiveMap.get(address);
    if ((state & ~PoolLiveMap.ZERO) == PoolLiveMap.carvedAt(address)
        && PageMap.kind(PageMap.entry(address)) == sizeClass) {
      PoolLiveMap.set(address, state | PoolLiveMap.LIVE);
      return address;
    }
    return allocateAfterDrop(sizeClass);
  }

  /** Allocates a block of a class, tiny or pool. */
  long allocateClass(int sizeClass) {
    return sizeClass <= SizeClasses.TINY_CLASSES
        ? allocateTiny(sizeClass)
        : allocatePool(sizeClass);
  }

  /**
   * The block just popped was live: the trace of two frees that raced. It stays with its holder.
   */
  private long allocateAfterDrop(int sizeClass) {
    counters.dropped++;
    return allocateClass(sizeClass);
  }

  private long allocateMiss(int sizeClass) {
    counters.misses[sizeClass]++;
    return refill(sizeClass) ? allocateClass(sizeClass) : Memory.NULL;
  }

  private boolean refill(int sizeClass) {
    // A drain that comes due here comes first: it must not return what this refill brings.
    noteMoved(settings.refillOf(sizeClass));
    int room = Stacks.room(word(sizeClass));
    int want = Math.min(settings.refillOf(sizeClass), room);
    int got = depots[sizeClass].refill(id, batch, 0, want, room);
    pushAll(sizeClass, batch, 0, got);
    counters.refills++;
    return got > 0;
  }

  /** As {@link #allocate}; the block reads as zero. */
  @HotPath
  public long allocateZeroed(long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_TINY_BYTES) > 0) {
      return allocateZeroedLarger(byteSize);
    }
    // Tiny blocks are filled rather than asked about: the fill costs less than the question.
    long address = allocateTiny(SizeClasses.tinyClassOf(byteSize));
    if (address != Memory.NULL) {
      Memory.zeroGranules(address, byteSize);
    }
    return address;
  }

  private long allocateZeroedLarger(long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_BYTES) > 0) {
      return large.allocate(byteSize, 1, true);
    }
    long address = allocatePool(SizeClasses.poolClassOf(byteSize));
    if (address != Memory.NULL && !Classifier.isKnownZero(address, byteSize)) {
      Memory.fill(address, byteSize, (byte) 0);
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

  /**
   * Changes the size of a live tiny block to another tiny size, in place or by moving it; its
   * address, or {@link Memory#NULL} if there is no such block, the size is another tier's or memory
   * is out: then nothing happened.
   */
  @HotPath
  public long reallocateTiny(long address, long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_TINY_BYTES) > 0
        || !Region.containsGranule(address)) {
      return Memory.NULL;
    }
    int state = LiveMap.get(address);
    if (state <= 0 || state > SizeClasses.TINY_CLASSES) {
      return Memory.NULL;
    }
    int sizeClass = SizeClasses.tinyClassOf(byteSize);
    return sizeClass == state ? address : changeClass(address, state, sizeClass, byteSize);
  }

  private long changeClass(long address, int from, int to, long byteSize) {
    int usable = SizeClasses.bytes(from);
    if (to < from && byteSize >= usable / 2) {
      Classifier.markLoose(address, from);
      return address;
    }
    long moved = allocateTiny(to);
    if (moved != Memory.NULL) {
      Memory.copyGranules(address, moved, Math.min(usable, SizeClasses.bytes(to)));
      int ignored = free(address);
    }
    return moved;
  }

  // ---- free, beyond the fast path

  private int freeFull(int sizeClass, long address) {
    int half = takeOldest(sizeClass, (Stacks.count(word(sizeClass)) + 1) / 2, batch);
    depots[sizeClass].give(id, batch, 0, half);
    noteMoved(half);
    push(sizeClass, address);
    return FreeResult.FREED;
  }

  private void push(int sizeClass, long address) {
    long stacks = Stacks.unpack(packedStacks);
    long word = word(sizeClass);
    if (Stacks.hasRoom(word)) {
      Memory.putLong(Stacks.entry(stacks, sizeClass, Stacks.count(word)), address);
      Memory.putLong(Stacks.word(stacks, sizeClass), word + Stacks.PUSH);
    } else {
      int ignored = freeFull(sizeClass, address);
    }
  }

  @HotPath
  private int freeSlow(long address, int entry) {
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
    int owner = PageMap.owner(entry);
    if (owner == id) {
      push(kind, address);
    } else {
      noteMoved(remote.push(kind, owner, address));
    }
    return FreeResult.FREED;
  }

  private int freeSizedSlow(long address, long byteSize) {
    int result = classifier.checkSize(address, byteSize);
    return result == FreeResult.FREED ? free(address) : result;
  }

  private static int tinyClassIn(int entry) {
    int kind = PageMap.kind(entry);
    return kind <= SizeClasses.TINY_CLASSES ? kind : 0;
  }

  // ---- upkeep

  int id() {
    return id;
  }

  /** Makes the calling thread the owner. */
  void takeOver(Thread owner) {
    threadId = owner.threadId();
  }

  private void noteMoved(int blocks) {
    movedSinceDrain += blocks;
    if (movedSinceDrain >= settings.drainInterval() || seenEpoch != FrontCaches.epoch()) {
      drain();
    }
  }

  /** Returns what has not been needed since the last drain to the slabs. */
  private void drain() {
    movedSinceDrain = 0;
    seenEpoch = FrontCaches.epoch();
    counters.drains++;
    long held = 0;
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      shed(c, drainMarks.surplus(c, word(c)));
      held += (long) Stacks.count(word(c)) * SizeClasses.bytes(c);
    }
    for (int c = SizeClasses.MAX_CLASS; c > 0 && held > settings.cacheBytes(); c--) {
      int half = (Stacks.count(word(c)) + 1) / 2;
      shed(c, half);
      held -= (long) half * SizeClasses.bytes(c);
    }
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      drainMarks.note(c, word(c));
    }
    remote.flush();
  }

  /** Returns the oldest {@code blocks} of a class to their slabs. */
  private void shed(int sizeClass, int blocks) {
    if (blocks > 0) {
      depots[sizeClass].giveBack(batch, 0, takeOldest(sizeClass, blocks, batch));
    }
  }

  /**
   * Moves the oldest {@code blocks} of a class, at most as many as there are, to an array; how
   * many.
   */
  private int takeOldest(int sizeClass, int blocks, long[] into) {
    long stacks = Stacks.unpack(packedStacks);
    long oldest = Stacks.entry(stacks, sizeClass, 0);
    long word = word(sizeClass);
    Memory.getLongs(oldest, into, blocks);
    Memory.copy(
        Stacks.entry(stacks, sizeClass, blocks),
        oldest,
        (long) (Stacks.count(word) - blocks) * Long.BYTES);
    Memory.putLong(Stacks.word(stacks, sizeClass), word - blocks * Stacks.PUSH);
    return blocks;
  }

  /** The word of a class. Any thread. */
  private long word(int sizeClass) {
    return Memory.getLong(Stacks.word(Stacks.unpack(packedStacks), sizeClass));
  }

  /** Returns every block to its slab. By the owner, or by whoever found the owner dead. */
  public void flush() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      shed(c, Stacks.count(word(c)));
    }
    zeroed.flush(depots);
    remote.flush();
  }

  /** What the thread keeps for its next arena. */
  public ZeroedBlock zeroed() {
    return zeroed;
  }

  // ---- parts of the slow paths for caches that are borrowed, see StripedCaches

  /** Pops and marks live; {@link Memory#NULL} if the stack is empty. */
  long popClass(int sizeClass) {
    return Stacks.count(word(sizeClass)) == 0 ? Memory.NULL : allocateClass(sizeClass);
  }

  /**
   * Pushes {@code blocks[from]} and following, which are marked free, as many as there is room for;
   * how many.
   */
  int pushAll(int sizeClass, long[] blocks, int from, int count) {
    long stacks = Stacks.unpack(packedStacks);
    long word = word(sizeClass);
    int taken = Math.min(count, Stacks.room(word));
    Memory.putLongs(Stacks.entry(stacks, sizeClass, Stacks.count(word)), blocks, from, taken);
    Memory.putLong(Stacks.word(stacks, sizeClass), word + taken * Stacks.PUSH);
    return taken;
  }

  /** Takes the older half of a stack out. */
  long[] takeHalf(int sizeClass) {
    long[] blocks = new long[(Stacks.count(word(sizeClass)) + 1) / 2];
    takeOldest(sizeClass, blocks.length, blocks);
    return blocks;
  }

  /** Java heap that this cache takes, in bytes, without object headers. Any thread. */
  public long heapBytes() {
    return (long) batch.length * Long.BYTES
        + 5L * SizeClasses.MAX_CLASS * Long.BYTES
        + remote.heapBytes();
  }

  // ---- statistics; any thread, approximate while the owner works

  /** Blocks of a class that were handed out. */
  public long requests(int sizeClass) {
    return Stacks.pops(word(sizeClass));
  }

  /** Requests of a class that found the stack empty. */
  public long misses(int sizeClass) {
    return counters.misses[sizeClass];
  }

  public long refills() {
    return counters.refills;
  }

  public long drains() {
    return counters.drains;
  }

  /** Blocks that came up twice, the trace of frees that raced, and were left to their holders. */
  public long dropped() {
    return counters.dropped;
  }

  public long remoteFrees() {
    return remote.freedCount();
  }

  /** Free blocks of a class in this cache. */
  public int cachedBlocks(int sizeClass) {
    return Stacks.count(word(sizeClass)) + remote.count(sizeClass) + zeroed.count(sizeClass);
  }

  /** Checks the stacks; exact while the owner rests. Throws {@link IllegalStateException}. */
  public void verify() {
    zeroed.verify();
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      long word = word(c);
      int capacity = settings.capacityOf(c);
      Bits.require(
          Stacks.count(word) + Stacks.room(word) == capacity,
          "cache " + id + ", class " + c + ": count and room do not add up to " + capacity);
      for (int i = 0; i < Stacks.count(word); i++) {
        long address = Memory.getLong(Stacks.entry(Stacks.unpack(packedStacks), c, i));
        Bits.require(
            depots[c].blockStart(address) == address && Classifier.liveClassAt(address, c) == 0,
            "cache " + id + ", class " + c + ": holds a block that is live or none");
      }
    }
  }
}
