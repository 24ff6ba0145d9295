// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Calls of an allocator on their way into a trace: addresses become slots. One thread at a time.
 *
 * <p>What does not fit the calls before it is mended: a block that is handed out twice was freed in
 * between, by a call that nobody saw; a free of a block that nobody saw being handed out is left
 * out.
 */
public final class TraceLog implements Closeable {
  /*
   *   I1  a slot is either in the map, or among the free ones, or in the hands of a reallocation
   */

  /** Largest size that a record has room for. */
  public static final long MAX_BYTES = 0xFFFF_FFFFL;

  /** Threads that a trace can tell apart. */
  public static final int MAX_THREADS = 256;

  /** No slot. */
  public static final int NONE = LongIntMap.ABSENT;

  // What the laboratory reads at most.
  private static final int MAX_EVENTS = 150_000_000;

  private static final int ALLOCATE = 1;
  private static final int FREE = 2;
  private static final int ALLOCATE_ZEROED = 3;
  private static final int REALLOCATE = 4;
  private static final int ALLOCATE_ALIGNED = 5;

  private static final int FIRST_FREE_SLOTS = 1 << 10;

  private final TraceWriter writer;
  private final LongIntMap slots = new LongIntMap();

  /** The one emptied last is the next. */
  private int[] freeSlots = new int[FIRST_FREE_SLOTS];

  private int freeCount;
  private int slotCount;
  private long events;
  private String ended = "";

  // Of the calls that the writer has, and of those in the file.
  private int takenSlots;
  private int takenThreads;
  private int writtenSlots;
  private int writtenThreads;

  /** Begins a trace in a file of at most so many bytes, in the place of one that is there. */
  public TraceLog(Path file, long maxBytes) throws IOException {
    writer = new TraceWriter(file, maxBytes);
  }

  /** Why the trace takes no more calls; empty while it does. */
  public String ended() {
    return ended;
  }

  /**
   * A block was handed out.
   *
   * @param thread number of the thread, below {@link #MAX_THREADS}
   * @param alignment a power of two; 1 for the usual one
   */
  public void allocated(int thread, long address, long byteSize, long alignment, boolean zeroed)
      throws IOException {
    freed(thread, address); // by a call that was not seen
    int shift = Long.numberOfTrailingZeros(alignment);
    int op = shift > 0 ? ALLOCATE_ALIGNED : zeroed ? ALLOCATE_ZEROED : ALLOCATE;
    if (fits(byteSize)) {
      int slot = freeCount > 0 ? freeSlots[freeCount - 1] : slotCount;
      slots.put(address, slot); // may fail: the rest does not
      freeCount -= freeCount > 0 ? 1 : 0;
      slotCount = Math.max(slotCount, slot + 1);
      append(op, thread, shift, slot, Math.max(byteSize, 1));
    }
  }

  /** A block was freed. */
  public void freed(int thread, long address) throws IOException {
    int slot = slots.remove(address);
    if (slot != NONE) {
      release(slot);
      append(FREE, thread, 0, slot, 0);
    }
  }

  private void release(int slot) {
    if (freeCount == freeSlots.length) {
      freeSlots = Arrays.copyOf(freeSlots, 2 * freeCount);
    }
    freeSlots[freeCount] = slot;
    freeCount++;
  }

  /** The slot of a block, which loses its address; {@link #NONE} if it is not known. */
  public int detach(long address) {
    return slots.remove(address);
  }

  /** The block of a slot has an address again, as before or another one. */
  public void attach(int thread, int slot, long address) throws IOException {
    freed(thread, address);
    slots.put(address, slot);
  }

  /** A block without an address was reallocated, and has one again. */
  public void reallocated(int thread, int slot, long address, long byteSize) throws IOException {
    if (slot == NONE) {
      allocated(thread, address, byteSize, 1, false);
    } else if (fits(byteSize)) {
      attach(thread, slot, address);
      append(REALLOCATE, thread, 0, slot, Math.max(byteSize, 1));
    }
  }

  private boolean fits(long byteSize) {
    if (byteSize > MAX_BYTES) {
      end("a block of " + byteSize + " bytes is larger than a trace can say, 4 GiB - 1");
    }
    return ended.isEmpty();
  }

  private void append(int op, int thread, int shift, int slot, long byteSize) throws IOException {
    if (ended.isEmpty() && writer.isChunkFull()) {
      flush();
    }
    if (ended.isEmpty() && events == MAX_EVENTS) {
      end("a trace has at most " + MAX_EVENTS + " calls");
    }
    if (ended.isEmpty()) {
      takenSlots = Math.max(takenSlots, slot + 1);
      takenThreads = Math.max(takenThreads, thread + 1);
      writer.append(op, thread, shift, slot, byteSize);
      events++;
    }
  }

  private void flush() throws IOException {
    long before = writer.events();
    if (!writer.flush()) {
      end("the file has as many bytes as it may");
    }
    if (writer.events() > before) {
      writtenSlots = takenSlots;
      writtenThreads = takenThreads;
    }
  }

  /** Takes no more calls, for a reason. */
  public void end(String reason) {
    if (ended.isEmpty()) {
      ended = reason;
    }
  }

  /** Calls in the file, once it is closed. */
  public long events() {
    return writer.events();
  }

  /** Slots of the calls in the file. */
  public int slotCount() {
    return writtenSlots;
  }

  /** Threads of the calls in the file. */
  public int threadCount() {
    return writtenThreads;
  }

  /** Makes the file a trace. */
  @Override
  public void close() throws IOException {
    try (writer) {
      flush();
      writer.finish(writtenSlots, writtenThreads);
    }
  }
}
