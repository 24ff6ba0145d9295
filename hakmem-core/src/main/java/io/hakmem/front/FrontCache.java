// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.large.LargeBlocks;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.memory.OutOfLine;
import io.hakmem.memory.StackProbe;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import java.util.concurrent.ThreadLocalRandom;

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
   * 3     MISS: the stack is empty: a waiting magazine, else a batch of slabs           Depot, SlabPool
   * 4   pool classes pop in the same way, with a map of their own       FAST END        PoolLiveMap
   * 5   LARGE: what is larger still leaves here                                         LargeBlocks
   *
   * free(address)
   * ------------------------------------------------------------------------------------------------
   * 1 range and alignment in one comparison                                             Region
   * 2 page map entry: a tiny slab of mine? live byte: a live block?                     PageMap, LiveMap
   * 3   mark it free, push on the stack of its class                    FAST END        Stacks
   * 4     FULL: the older half of a full stack becomes a magazine                       Depot
   * 5   somebody else's slab: mark it free, push on the remote stack     FAST END       RemoteStack
   * 6   pool classes in the same ways                                    FAST END       PoolLiveMap
   * 7     OTHER: the remote stack is full, and handed over as a magazine; or no block   RemoteStacks
   *
   * The fast path has no lock and no atomic, stores no reference and does not touch the block.
   *
   * The pool classes are in one method, pool, and everything else in another, slow, on purpose. C2 takes
   * a call for frequent by how often the calling method ran, and a loop of a million rounds has run once:
   * whatever it reaches through small methods is inlined, the rarest too, until the loop's 18,000 nodes
   * are used up, and then the fast path is what stays outside. A method of more than 325 bytecodes
   * (FreqInlineSize) is never inlined.
   */

  // What slow does.
  private static final int MISS = 0;
  private static final int LARGE = 1;
  private static final int LARGER_ZEROED = 2;
  private static final int DROP = 3;
  private static final int REALLOCATE = 4;
  private static final int FULL = 5;
  private static final int OTHER = 6;
  private static final int SIZED = 7;
  private static final int OUTSIDE = 8;

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

  private final StackArea stacks;
  private final RemoteStacks remote;
  private final ZeroedBlock zeroed = new ZeroedBlock();
  private final FrontCounters counters = new FrontCounters();
  private final Drain drain;

  /** Thread that owns this cache; written by itself when it takes the cache over. */
  private long threadId = FrontCaches.NO_THREAD;

  /** Whether the owner is to take the slow ways until its next allocation there. Any thread. */
  private volatile boolean trapped;

  /** Blocks handed out after which it is trapped; 0 before it was looked at. The one who traps. */
  private long due;

  /** A cache with a number over its area, which is committed and zero. */
  FrontCache(int id, long area, Depot[] depots, LargeBlocks large, Classifier classifier) {
    this.id = id;
    this.depots = depots;
    this.large = large;
    this.classifier = classifier;
    settings = FrontSettings.installed();
    tag = id << PageMap.OWNER_SHIFT;
    packedStacks = Stacks.pack(area);
    stacks = new StackArea(area);
    batch = new long[settings.ceilingOf(1)];
    remote = new RemoteStacks(depots);
    drain = new Drain(stacks, batch, depots, remote, counters);
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
        : pool(true, byteSize, 0);
  }

  /** A method of its own, so that its machine code stays small enough to be inlined everywhere. */
  @HotPath
  private long allocateTiny(int sizeClass) {
    long stack = Stacks.tiny(Stacks.unpack(packedStacks), sizeClass);
    long word = Memory.getLong(stack);
    int count = Stacks.count(word);
    if (count != 0) {
      Memory.putLong(stack, word + Stacks.POP);
      long address = Memory.getLong(Stacks.entry(stack, count));
      if (!Checks.ENABLED) {
        return address;
      }
      if (LiveMap.get(address) == -sizeClass) {
        LiveMap.set(address, sizeClass);
        return address;
      }
      return slow(DROP, sizeClass, 0);
    }
    return slow(MISS, sizeClass, 0);
  }

  /** Frees the live block that starts at an address; a {@link FreeResult}. */
  @HotPath
  public int free(long address) {
    if (!Region.containsGranule(address)) {
      return (int) slow(OUTSIDE, address, 0);
    }
    int entry = PageMap.entry(address);
    int sizeClass = entry - tag;
    if (SizeClasses.isTiny(sizeClass)) {
      if (!Checks.ENABLED || LiveMap.get(address) == sizeClass) {
        // A live block of my own slab. By the entry, not by the live byte, which comes from
        // furthest: nothing is to wait for that.
        long stack = Stacks.tiny(Stacks.unpack(packedStacks), sizeClass);
        long word = Memory.getLong(stack);
        if (Stacks.hasRoom(word)) {
          if (Checks.ENABLED) {
            LiveMap.set(address, -sizeClass);
          }
          Memory.putLong(Stacks.entry(stack, Stacks.count(word) + 1), address);
          Memory.putLong(stack, word + Stacks.PUSH);
          return FreeResult.FREED;
        }
        return (int) slow(FULL, address, sizeClass);
      }
      return (int) slow(OTHER, address, entry);
    }
    return freeOther(address, entry);
  }

  /** A block that is not of a tiny slab of this cache's, if it is one. */
  @HotPath
  private int freeOther(long address, int entry) {
    int sizeClass = PageMap.kind(entry);
    if (SizeClasses.isTiny(sizeClass)) {
      RemoteStack stack = remote.of(sizeClass);
      if (stack.takes(PageMap.owner(entry))
          && (!Checks.ENABLED || LiveMap.get(address) == sizeClass)) {
        if (Checks.ENABLED) {
          LiveMap.set(address, -sizeClass);
        }
        stack.push(address);
        return FreeResult.FREED;
      }
      return (int) slow(OTHER, address, entry);
    }
    return (int) pool(false, address, entry);
  }

  /**
   * The fast paths beyond the tiny classes; the result is theirs.
   *
   * @param first the size to allocate, or the address of the block to free
   * @param entry of that address in the page map
   */
  @OutOfLine
  private long pool(boolean allocates, long first, int entry) {
    StackProbe.fastCall();
    if (allocates) {
      if (Long.compareUnsigned(first, SizeClasses.MAX_BYTES) > 0) {
        return slow(LARGE, first, 0);
      }
      int sizeClass = SizeClasses.poolClassOf(first);
      long stack = Stacks.pool(Stacks.unpack(packedStacks), sizeClass);
      long word = Memory.getLong(stack);
      int count = Stacks.count(word);
      if (count == 0) {
        return slow(MISS, sizeClass, 0);
      }
      Memory.putLong(stack, word + Stacks.POP);
      stacks.notePool(sizeClass, -1);
      long address = Memory.getLong(Stacks.entry(stack, count));
      int state = PoolLiveMap.get(address);
      if ((state & ~PoolLiveMap.ZERO) == PoolLiveMap.carvedAt(address)
          && PageMap.kind(PageMap.entry(address)) == sizeClass) {
        PoolLiveMap.set(address, state | PoolLiveMap.LIVE);
        return address;
      }
      return slow(DROP, sizeClass, 0);
    }
    int sizeClass = PageMap.kind(entry);
    int carved = PoolLiveMap.carvedAt(first);
    if (SizeClasses.isPool(sizeClass) && PoolLiveMap.isLive(first, carved)) {
      if (PageMap.owner(entry) == id) {
        long stack = Stacks.pool(Stacks.unpack(packedStacks), sizeClass);
        long word = Memory.getLong(stack);
        if (Stacks.hasRoom(word) && stacks.poolAllows(sizeClass, settings.cacheBytes())) {
          PoolLiveMap.set(first, carved);
          Memory.putLong(Stacks.entry(stack, Stacks.count(word) + 1), first);
          Memory.putLong(stack, word + Stacks.PUSH);
          stacks.notePool(sizeClass, 1);
          return FreeResult.FREED;
        }
      } else {
        RemoteStack stack = remote.of(sizeClass);
        if (stack.takes(PageMap.owner(entry))) {
          PoolLiveMap.set(first, carved);
          stack.push(first);
          return FreeResult.FREED;
        }
      }
    }
    return slow(OTHER, first, entry);
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
    return (int) slow(SIZED, address, byteSize);
  }

  /** As {@link #allocate}; the block reads as zero. */
  @HotPath
  public long allocateZeroed(long byteSize) {
    if (Long.compareUnsigned(byteSize, SizeClasses.MAX_TINY_BYTES) > 0) {
      return slow(LARGER_ZEROED, byteSize, 0);
    }
    // Tiny blocks are filled rather than asked about: the fill costs less than the question.
    long address = allocateTiny(SizeClasses.tinyClassOf(byteSize));
    if (address != Memory.NULL) {
      CBytes.fill(address, byteSize, (byte) 0);
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
    int from = PageMap.kind(PageMap.entry(address));
    if (!SizeClasses.isTiny(from) || LiveMap.get(address) != from) {
      return Memory.NULL;
    }
    return SizeClasses.tinyClassOf(byteSize) == from
        ? address
        : slow(REALLOCATE, address, byteSize);
  }

  // ---- beyond the fast paths

  /**
   * What the fast paths leave over; the result is theirs, an address or a {@link FreeResult}.
   *
   * @param first the size or class to allocate, or the address of the block
   * @param second the new size to reallocate, the size said to free, or what is known of the block
   */
  @OutOfLine
  private long slow(int what, long first, long second) {
    StackProbe.slowPath();
    return switch (what) {
      case MISS -> {
        int sizeClass = (int) first;
        counters.misses[sizeClass]++;
        // A drain that comes due here comes first: it must not yield what this refill brings.
        drain.noteMoved(settings.refillOf(sizeClass));
        int room = Stacks.room(stacks.word(sizeClass));
        int want = Math.min(settings.refillOf(sizeClass), room);
        int got = depots[sizeClass].refill(id, batch, 0, want, room);
        int free = Classifier.keepFree(sizeClass, batch, got);
        counters.dropped += got - free;
        settings.arrange(batch, free);
        stacks.pushAll(sizeClass, batch, 0, free);
        counters.refills++;
        yield got > 0 ? allocateClass(sizeClass) : Memory.NULL;
      }
      case LARGE -> large.allocate(first, 1, false);
      case LARGER_ZEROED -> {
        if (Long.compareUnsigned(first, SizeClasses.MAX_BYTES) > 0) {
          yield large.allocate(first, 1, true);
        }
        long address = pool(true, first, 0);
        if (address != Memory.NULL && !Classifier.isKnownZero(address, first)) {
          CBytes.fill(address, first, (byte) 0);
        }
        yield address;
      }
      case DROP -> {
        // The block just popped was live: the trace of two frees that raced. It stays its holder's.
        counters.dropped++;
        yield allocateClass((int) first);
      }
      case REALLOCATE -> {
        int from = LiveMap.get(first);
        int to = SizeClasses.tinyClassOf(second);
        int usable = SizeClasses.bytes(from);
        if (to < from && second >= usable / 2) {
          Classifier.markLoose(first, from);
          yield first;
        }
        long moved = allocateTiny(to);
        if (moved != Memory.NULL) {
          Memory.copyGranules(first, moved, Math.min(usable, SizeClasses.bytes(to)));
          int ignored = free(first);
        }
        yield moved;
      }
      case FULL -> {
        int sizeClass = (int) second;
        makeRoom(sizeClass);
        if (Checks.ENABLED) {
          LiveMap.set(first, -sizeClass);
        }
        push(sizeClass, first);
        yield FreeResult.FREED;
      }
      case OTHER -> {
        int entry = (int) second;
        int kind = PageMap.kind(entry);
        if (kind == 0) {
          yield FreeResult.NOT_ALLOCATED;
        }
        if (kind > SizeClasses.MAX_CLASS) {
          yield large.free(first, -1, kind);
        }
        if (!Classifier.markFree(first, kind)) {
          yield classifier.explain(first);
        }
        int owner = PageMap.owner(entry);
        if (owner == id) {
          push(kind, first);
        } else {
          drain.noteMoved(remote.push(kind, owner, first));
        }
        yield FreeResult.FREED;
      }
      case SIZED -> {
        int result = classifier.checkSize(first, second);
        yield result == FreeResult.FREED ? free(first) : result;
      }
      case OUTSIDE -> classifier.explain(first);
      default -> throw new AssertionError(what);
    };
  }

  /** Allocates a block of a class, tiny or pool. */
  long allocateClass(int sizeClass) {
    return allocate(SizeClasses.bytes(sizeClass));
  }

  private void push(int sizeClass, long address) {
    long most = settings.cacheBytes();
    if (!tryPush(sizeClass, address, most)) {
      makeRoom(sizeClass);
      if (!tryPush(sizeClass, address, most)) { // other classes have all the bytes
        depots[sizeClass].giveBack(address);
        drain.noteMoved(1);
      }
    }
  }

  /** Hands the older half of a full stack over to the depot. */
  private void makeRoom(int sizeClass) {
    counters.overflows[sizeClass]++;
    int half = takeHalf(sizeClass, batch);
    depots[sizeClass].give(id, batch, 0, half);
    drain.noteMoved(half);
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

  // ---- samples

  /** Whether the owner's next allocation is a sample. */
  public boolean isTrapped() {
    return trapped;
  }

  public void setTrapped(boolean on) {
    trapped = on;
  }

  /** Whether as many blocks were handed out as was drawn at the last time that it was so. */
  boolean isDue(int meanDistance) {
    long taken = 0;
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      taken += requests(c);
    }
    boolean first = due == 0;
    if (taken < due) {
      return false;
    }
    double distance = -Math.log(1 - ThreadLocalRandom.current().nextDouble()) * meanDistance;
    due = taken + 1 + Math.round(distance);
    return !first;
  }

  long threadId() {
    return threadId;
  }

  // ---- upkeep

  int id() {
    return id;
  }

  /** Makes the calling thread the owner. */
  void takeOver(Thread owner) {
    threadId = owner.threadId();
  }

  /** Returns every block to its slab. By the owner, or by whoever found the owner dead. */
  public void flush() {
    drain.shedAll();
    zeroed.flush(depots);
  }

  /** What the thread keeps for its next arena. */
  public ZeroedBlock zeroed() {
    return zeroed;
  }

  // ---- parts of the slow paths for caches that are borrowed, see StripedCaches

  /** Pops and marks live; {@link Memory#NULL} if the stack is empty. */
  long popClass(int sizeClass) {
    return Stacks.count(stacks.word(sizeClass)) == 0 ? Memory.NULL : allocateClass(sizeClass);
  }

  /** As {@link StackArea#pushAll}. */
  int pushAll(int sizeClass, long[] blocks, int from, int count) {
    return stacks.pushAll(sizeClass, blocks, from, count);
  }

  /** As {@link StackArea#push}, if that leaves at most so many bytes of pool classes here. */
  boolean tryPush(int sizeClass, long address, long mostBytes) {
    return stacks.poolAllows(sizeClass, mostBytes) && stacks.push(sizeClass, address);
  }

  /**
   * Moves the older half of a stack to an array, which has room for it, or a magazine's worth of
   * it; how many blocks.
   */
  int takeHalf(int sizeClass, long[] into) {
    int half = Math.min(Stacks.halfOf(stacks.word(sizeClass)), settings.magazineOf(sizeClass));
    return stacks.takeOldest(sizeClass, half, into);
  }

  /** Java heap that this cache takes, in bytes, without object headers. Any thread. */
  public long heapBytes() {
    return (long) batch.length * Long.BYTES
        + (settings.adaptive() ? 12L : 6L) * SizeClasses.MAX_CLASS * Long.BYTES
        + remote.heapBytes();
  }

  // ---- statistics; any thread, approximate while the owner works

  /** Blocks of a class that were handed out. */
  public long requests(int sizeClass) {
    return Stacks.pops(stacks.word(sizeClass));
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

  /** Times that the controller raised the capacity of a class. */
  public long capacityGrowths() {
    return counters.capacityGrowths;
  }

  /** Times that the controller lowered the capacity of a class. */
  public long capacityShrinks() {
    return counters.capacityShrinks;
  }

  /** Most free blocks of a class that this cache takes now. */
  public int capacity(int sizeClass) {
    return Stacks.capacity(stacks.word(sizeClass));
  }

  public long remoteFrees() {
    return remote.freedCount();
  }

  /** Free blocks of a class in this cache. */
  public int cachedBlocks(int sizeClass) {
    return Stacks.count(stacks.word(sizeClass)) + remote.count(sizeClass) + zeroed.count(sizeClass);
  }

  /** Checks the stacks; exact while the owner rests. Throws {@link IllegalStateException}. */
  public void verify() {
    zeroed.verify();
    stacks.verifyPool();
    CapacityController.verify(settings, stacks);
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      int sizeClass = c;
      stacks.verify(
          c,
          id,
          address ->
              depots[sizeClass].blockStart(address) == address
                  && Classifier.liveClassAt(address, sizeClass) == 0);
    }
  }
}
