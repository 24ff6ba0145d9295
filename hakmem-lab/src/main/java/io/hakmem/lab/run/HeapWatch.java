// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.Hakmem;
import io.hakmem.HakmemStats;
import io.hakmem.InvalidFreeException;
import io.hakmem.lab.measure.Smaps;
import io.hakmem.lab.subject.HakmemSubject;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Knows what the program asked for of each live block, and takes a sample when the most is live.
 */
final class HeapWatch {
  /*
   * By address and not by slot, for slots may be different ones on different threads. A block is
   * known from after its allocation until before its free, so every known block is live.
   *
   * Where it is not determined which allocation reaches the peak, a sample is taken whenever a
   * sixteenth more is live than at the last one.
   */

  private static final byte FILL = 0x5A;
  private static final int STEP = 16;

  private final Map<Long, Long> requested = new ConcurrentHashMap<>();
  private final AtomicLong live = new AtomicLong();
  private final long sampleAt;
  private volatile long sampleAbove;
  private @Nullable HeapSample highest;

  /** Samples after that many allocations of one thread; 0: whenever enough more is live. */
  HeapWatch(long sampleAt) {
    this.sampleAt = sampleAt;
  }

  /** hakmem as the calling thread sees it, watched. */
  Subject open(int slotCount) {
    return new Watched(new HakmemSubject(slotCount));
  }

  /** The sample taken when the most was live; null if none was. */
  synchronized @Nullable HeapSample highest() {
    return highest;
  }

  /** A sample of this instant. */
  HeapSample now() {
    long bytes = 0;
    long blocks = 0;
    SortedMap<Integer, Long> byUsable = new TreeMap<>();
    HakmemStats stats = Hakmem.stats();
    int largestClass = stats.sizeClasses().getLast().blockBytes();
    for (Map.Entry<Long, Long> block : requested.entrySet()) {
      long usable = usableSize(block.getKey());
      if (usable > 0) {
        byUsable.merge(usable <= largestClass ? (int) usable : 0, block.getValue(), Long::sum);
        bytes += block.getValue();
        blocks++;
      }
    }
    return new HeapSample(blocks, bytes, byUsable, resident(stats), stats);
  }

  /** 0 if the block was freed meanwhile. */
  private static long usableSize(long address) {
    try {
      return Hakmem.usableSize(address);
    } catch (InvalidFreeException e) {
      return 0;
    }
  }

  private static SortedMap<String, Long> resident(HakmemStats stats) {
    SortedMap<String, Long> resident = new TreeMap<>();
    for (HakmemStats.Mapping mapping : stats.mappings()) {
      Smaps.Range range =
          new Smaps.Range(mapping.address(), mapping.address() + mapping.byteSize());
      resident.put(mapping.name(), Smaps.residentBytes(List.of(range)));
    }
    return resident;
  }

  private synchronized void sample() {
    highest = now();
  }

  private synchronized void sampleIfHigher(long bytes) {
    if (bytes > sampleAbove) {
      sampleAbove = bytes + bytes / STEP;
      sample();
    }
  }

  /** The bytes that a reallocation kept are left as they are. */
  private void allocated(long address, long keptBytes, long byteSize) {
    RawMemory.fill(address + keptBytes, byteSize - keptBytes, FILL);
    requested.put(address, byteSize);
    long now = live.addAndGet(byteSize);
    if (sampleAt == 0 && now > sampleAbove) {
      sampleIfHigher(now);
    }
  }

  private void freed(long address) {
    Long byteSize = requested.remove(address);
    live.addAndGet(byteSize == null ? 0 : -byteSize);
  }

  /** hakmem on one thread. */
  private final class Watched extends Subject {
    private final Subject subject;
    private long allocations;

    Watched(Subject subject) {
      this.subject = subject;
    }

    @Override
    public long allocate(int slot, long byteSize) {
      return known(subject.allocate(slot, byteSize), 0, byteSize);
    }

    @Override
    public void free(int slot, long address) {
      freed(address);
      subject.free(slot, address);
    }

    @Override
    public long allocateZeroed(int slot, long byteSize) {
      return known(subject.allocateZeroed(slot, byteSize), 0, byteSize);
    }

    @Override
    public long allocateAligned(int slot, long byteSize, long alignment) {
      return known(subject.allocateAligned(slot, byteSize, alignment), 0, byteSize);
    }

    @Override
    public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
      freed(address);
      long kept = Math.min(oldByteSize, newByteSize);
      return known(subject.reallocate(slot, address, oldByteSize, newByteSize), kept, newByteSize);
    }

    private long known(long address, long keptBytes, long byteSize) {
      allocated(address, keptBytes, byteSize);
      if (++allocations == sampleAt) {
        sample();
      }
      return address;
    }
  }
}
