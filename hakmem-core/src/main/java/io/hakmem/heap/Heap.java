// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.heap;

import io.hakmem.control.Allocator;
import io.hakmem.memory.Bits;
import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.FreeResult;
import io.hakmem.superslab.Region;
import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Blocks that are freed one by one or all at once. Any thread. */
public final class Heap {
  /*
   * Small blocks are cut from chunks, which are sealed blocks of the allocator; larger ones are sealed
   * blocks of their own. Closing frees chunks and large blocks, and with them whatever lies inside.
   *
   *   request -> stripe: a free block of the class, else the next bytes of its chunk
   *           -> other stripes: free blocks that other threads left there
   *           -> a fresh chunk
   *
   * A thread tries the stripe of its number first and the others when that one is busy. A heap begins
   * with one stripe and gets more when all are found busy, so that a small heap of one thread stays
   * small.
   *
   *   I1  a block of a chunk that is marked free is in a stack of exactly one stripe
   *   I2  every chunk and every large block is sealed; once closed there are none
   *   I3  strays is the number of blocks that are marked stray: free, and in no stack, because that
   *       could not grow while the Java heap was full; a scan of the chunks finds them
   *
   * The lock guards the list of chunks, the large blocks, the strays, and the end. Chunks and large blocks are
   * allocated outside of it. Nothing protects the program from blocks that it uses after the end, and
   * nothing that it does with them harms the allocator.
   */

  /**
   * Larger requests get a block of their own, so that at most an eighth of a chunk is left over.
   */
  private static final int MAX_CUT_BYTES = 4 << 10;

  /** Class of the largest block that is cut from a chunk. */
  static final int MAX_CUT_CLASS = SizeClasses.classOf(MAX_CUT_BYTES);

  /** The first chunk is small, for heaps of a few blocks. */
  private static final int FIRST_CHUNK_BYTES = 1 << 10;

  private static final int CHUNK_BYTES = 1 << HeapChunks.WINDOW_SHIFT;

  private static final HeapStripe[] CLOSED = {};

  private static final int MAX_STRIPES =
      Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors() - 1);

  private final Allocator allocator;
  private final HeapChunks chunks = new HeapChunks();

  /** A power of two of them; none once closed. Written under the lock. */
  private volatile HeapStripe[] stripes;

  /** A block that is not cut from a chunk. */
  private static final class Large {
    long address;
    long bytes;
  }

  /** Large blocks by address, each its own value: looked up with {@link #probe}. Under the lock. */
  private final TreeMap<Large, Large> large =
      new TreeMap<>(Comparator.comparingLong(block -> block.address));

  /** What to look for; a key of its own, so that no free needs the Java heap. Under the lock. */
  private final Large probe = new Large();

  private volatile int strays;

  private final Object lock = new Object();

  /** A heap with its first chunk, if that is to be had. */
  public Heap(Allocator allocator) {
    this.allocator = allocator;
    HeapStripe first = new HeapStripe(chunks);
    stripes = new HeapStripe[] {first};
    HeapChunk chunk = newChunk(FIRST_CHUNK_BYTES);
    if (chunk != null) {
      chunks.add(chunk);
      first.begin(chunk);
    }
  }

  /** Whether {@link #close} was called. */
  public boolean isClosed() {
    return stripes.length == 0;
  }

  // ---- allocate

  /** Allocates; {@link Memory#NULL} if no memory is to be had or the heap is closed. */
  public long allocate(long byteSize) {
    if (byteSize > MAX_CUT_BYTES) {
      return allocateLarge(byteSize, 1, false);
    }
    int sizeClass = SizeClasses.classOf(byteSize);
    HeapStripe stripe = claim();
    if (stripe == null) {
      return Memory.NULL;
    }
    long address = stripe.take(sizeClass);
    stripe.release();
    return address != Memory.NULL ? address : allocateSlow(sizeClass, 1);
  }

  /** As {@link #allocate}; the block reads as zero. */
  public long allocateZeroed(long byteSize) {
    if (byteSize > MAX_CUT_BYTES) {
      return allocateLarge(byteSize, 1, true);
    }
    long address = allocate(byteSize);
    if (address != Memory.NULL) {
      CBytes.fill(address, byteSize, (byte) 0);
    }
    return address;
  }

  /** As {@link #allocate}, at a multiple of a power of two. */
  public long allocateAligned(long byteSize, long alignment) {
    if (byteSize > MAX_CUT_BYTES || alignment > MAX_CUT_BYTES) {
      return allocateLarge(byteSize, alignment, false);
    }
    if (alignment <= Region.GRANULE_BYTES) {
      return allocate(byteSize);
    }
    int sizeClass = SizeClasses.classOf(byteSize);
    HeapStripe stripe = claim();
    if (stripe == null) {
      return Memory.NULL;
    }
    long address = stripe.cut(sizeClass, alignment);
    stripe.release();
    return address != Memory.NULL ? address : allocateSlow(sizeClass, alignment);
  }

  private long allocateSlow(int sizeClass, long alignment) {
    long address = alignment == 1 ? takeFromOthers(sizeClass) : Memory.NULL;
    return address != Memory.NULL ? address : cutFromNewChunk(sizeClass, alignment);
  }

  /**
   * Moves half of what another stripe has of a class to one's own, and takes one. Waits for those
   * that are busy: a chunk for each time that a consumer was met would keep more than is in use.
   */
  private long takeFromOthers(int sizeClass) {
    for (HeapStripe other : stripes) {
      long[] half;
      other.claim();
      try {
        half = other.takeHalf(sizeClass);
      } finally {
        other.release();
      }
      HeapStripe own = half.length == 0 ? null : claim();
      if (own != null) {
        try {
          for (long block : half) {
            keepFree(own, sizeClass, block);
          }
          return own.take(sizeClass);
        } finally {
          own.release();
        }
      }
    }
    return strays == 0 ? Memory.NULL : takeStray(sizeClass);
  }

  /** Keeps a block that is marked free in a stripe that the caller claimed, or as a stray. */
  private void keepFree(HeapStripe stripe, int sizeClass, long address) {
    HeapChunk home = stripe.push(sizeClass, address) ? null : chunks.find(address);
    if (home != null) {
      synchronized (lock) {
        home.setState(address, HeapChunk.strayOf(sizeClass));
        strays++;
      }
    }
  }

  private long takeStray(int sizeClass) {
    synchronized (lock) {
      for (HeapChunk chunk : chunks.slots()) {
        long address = chunk == null ? Memory.NULL : chunk.findStray(sizeClass);
        if (chunk != null && address != Memory.NULL) {
          chunk.setState(address, sizeClass);
          strays--;
          return address;
        }
      }
    }
    return Memory.NULL;
  }

  private long cutFromNewChunk(int sizeClass, long alignment) {
    HeapChunk chunk = newChunk(CHUNK_BYTES);
    if (chunk == null || !keep(chunk)) {
      return Memory.NULL;
    }
    HeapStripe stripe = claim();
    if (stripe == null) {
      return Memory.NULL;
    }
    stripe.begin(chunk);
    long address = stripe.cut(sizeClass, alignment);
    stripe.release();
    return address;
  }

  /** A chunk that is not known to the heap yet; null if no memory is to be had. */
  private @Nullable HeapChunk newChunk(int bytes) {
    // Chunks lie at multiples of their size.
    long base = allocator.allocate(bytes, allocator.naturalAlignment(bytes), false);
    if (base == Memory.NULL) {
      return null;
    }
    HeapChunk chunk = null;
    try {
      chunk = new HeapChunk(base, bytes);
    } finally {
      if (chunk == null) {
        allocator.discard(base);
      }
    }
    allocator.classifier().seal(base);
    allocator.heapStateBytes().addAndGet(chunk.stateBytes());
    return chunk;
  }

  private boolean keep(HeapChunk chunk) {
    boolean kept = false;
    try {
      synchronized (lock) {
        if (!isClosed()) {
          chunks.add(chunk);
          kept = true;
        }
      }
    } finally {
      if (!kept) {
        release(chunk);
      }
    }
    return kept;
  }

  private long allocateLarge(long byteSize, long alignment, boolean zeroed) {
    Large block = new Large(); // first, for it may fail
    long address = allocator.allocate(byteSize, alignment, zeroed);
    if (address == Memory.NULL) {
      return address;
    }
    block.address = address;
    block.bytes = allocator.usableSize(address);
    boolean kept = false;
    try {
      synchronized (lock) {
        if (!isClosed()) {
          large.put(block, block);
          allocator.classifier().seal(address);
          kept = true;
        }
      }
    } finally {
      if (!kept) {
        allocator.discard(address);
      }
    }
    return kept ? address : Memory.NULL;
  }

  // ---- free

  /** Frees the live block of this heap that starts at an address; a {@link FreeResult}. */
  public int free(long address) {
    HeapChunk chunk = Region.containsGranule(address) ? chunks.find(address) : null;
    if (chunk == null) {
      return freeLarge(address);
    }
    int sizeClass = chunk.state(address);
    if (sizeClass <= 0) {
      return chunk.explain(address);
    }
    chunk.setState(address, -sizeClass);
    HeapStripe stripe = claim();
    if (stripe != null) {
      try {
        keepFree(stripe, sizeClass, address);
      } finally {
        stripe.release();
      }
    }
    return FreeResult.FREED;
  }

  private int freeLarge(long address) {
    synchronized (lock) {
      if (large.remove(probe(address)) == null) {
        return explain(address);
      }
    }
    return freeSealed(address);
  }

  private Large probe(long address) {
    probe.address = address;
    return probe;
  }

  private int freeSealed(long address) {
    allocator.classifier().unseal(address);
    return allocator.free(address);
  }

  private void discardSealed(long address) {
    allocator.classifier().unseal(address);
    allocator.discard(address);
  }

  /** Why an address cannot be freed; a {@link FreeResult}. */
  public int explain(long address) {
    HeapChunk chunk = Region.contains(address) ? chunks.find(address) : null;
    if (chunk != null) {
      return chunk.explain(address);
    }
    synchronized (lock) {
      Large block = large.floorKey(probe(address));
      if (block != null && address - block.address < block.bytes) {
        return FreeResult.INTERIOR;
      }
    }
    boolean ofOthers = allocator.usableSize(address) != 0;
    int result = ofOthers ? FreeResult.FOREIGN : allocator.explain(address);
    return result == FreeResult.INTERIOR ? FreeResult.FOREIGN : result;
  }

  // ---- sizes

  /** Bytes of the live block of this heap that starts at an address; 0 if none does. */
  public long usableSize(long address) {
    HeapChunk chunk = Region.containsGranule(address) ? chunks.find(address) : null;
    if (chunk != null) {
      return SizeClasses.bytes(Math.max(chunk.state(address), 0));
    }
    synchronized (lock) {
      Large block = large.get(probe(address));
      return block == null ? 0 : block.bytes;
    }
  }

  /**
   * Changes the size of a live block without moving it; false if it has to move. A block keeps its
   * place while at least half of it stays in use.
   *
   * @param usable its {@link #usableSize}
   */
  public boolean resize(long address, long usable, long byteSize) {
    if (usable <= MAX_CUT_BYTES) {
      return byteSize <= usable && byteSize >= usable / 2;
    }
    synchronized (lock) {
      Large block = large.get(probe(address));
      if (block == null) {
        return false;
      }
      allocator.classifier().unseal(address);
      try {
        boolean resized = allocator.resizeInPlace(address, usable, byteSize);
        block.bytes = allocator.usableSize(address);
        return resized;
      } finally {
        allocator.classifier().seal(address);
      }
    }
  }

  // ---- the end

  /** Frees everything; the second time nothing. */
  public void close() {
    @Nullable HeapChunk[] closedChunks;
    synchronized (lock) {
      closedChunks = chunks.slots();
      chunks.clear();
      stripes = CLOSED;
      strays = 0;
    }
    for (HeapChunk chunk : closedChunks) {
      if (chunk != null) {
        release(chunk);
      }
    }
    for (long address = takeLarge(); address != Memory.NULL; address = takeLarge()) {
      discardSealed(address);
    }
  }

  private long takeLarge() {
    synchronized (lock) {
      Large block = large.isEmpty() ? null : large.firstKey();
      if (block == null) {
        return Memory.NULL;
      }
      large.remove(block);
      return block.address;
    }
  }

  private void release(HeapChunk chunk) {
    discardSealed(chunk.base());
    allocator.heapStateBytes().addAndGet(-chunk.stateBytes());
  }

  // ---- stripes

  /** A stripe for the calling thread; null if the heap is closed. */
  private @Nullable HeapStripe claim() {
    HeapStripe[] all = stripes;
    int own = (int) Thread.currentThread().threadId();
    for (int i = 0; i < all.length; i++) {
      HeapStripe stripe = all[(own + i) & (all.length - 1)];
      if (stripe.tryClaim()) {
        return stripe;
      }
    }
    return claimSlow();
  }

  @SuppressWarnings("ThreadPriorityCheck") // as HeapStripe.claim
  private @Nullable HeapStripe claimSlow() {
    while (true) {
      HeapStripe[] all = stripes;
      for (HeapStripe stripe : all) {
        if (stripe.tryClaim()) {
          return stripe;
        }
      }
      if (all.length == 0) {
        return null;
      }
      if (all.length == MAX_STRIPES || !addStripes(all.length)) {
        Thread.yield();
      }
    }
  }

  /** Doubles the stripes if nobody has; false if the Java heap has no room for them. */
  private boolean addStripes(int known) {
    synchronized (lock) {
      if (stripes.length == known) {
        try {
          HeapStripe[] more = Arrays.copyOf(stripes, 2 * known);
          for (int i = known; i < more.length; i++) {
            more[i] = new HeapStripe(chunks);
          }
          stripes = more;
        } catch (OutOfMemoryError noStripes) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Checks every chunk and stripe; exact while no thread uses the heap. Throws {@link
   * IllegalStateException} with the values.
   */
  public void verify() {
    int marked = 0;
    int marksOfStrays = 0;
    for (HeapChunk chunk : chunks.slots()) {
      if (chunk != null) {
        marked += chunk.verify();
        marksOfStrays += chunk.countStrays();
        requireSealed(chunk.base());
      }
    }
    int kept = 0;
    for (HeapStripe stripe : stripes) {
      kept += stripe.verify();
    }
    Bits.require(marked == kept, marked + " blocks are marked free, " + kept + " are in stacks");
    Bits.require(marksOfStrays == strays, marksOfStrays + " blocks are strays, not " + strays);
    synchronized (lock) {
      large.keySet().forEach(block -> requireSealed(block.address));
    }
  }

  private void requireSealed(long address) {
    Bits.require(
        allocator.classifier().explain(address) == FreeResult.FOREIGN,
        "the block at 0x" + Long.toHexString(address) + " is not sealed");
  }
}
