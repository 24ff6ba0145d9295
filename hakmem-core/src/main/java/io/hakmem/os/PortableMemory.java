// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.memory.Bits;
import io.hakmem.memory.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Memory of any system that has the C library's {@code calloc}.
 *
 * <p>Promised: memory reads as zero when it is first touched, and takes physical memory no earlier
 * than that wherever the C library gets large blocks straight from the system, as those of Linux,
 * macOS and Windows do. Not promised: that anything goes back before the process ends, that an
 * access to memory that is only reserved is caught, that mappings have names. Windows counts the
 * reservation as memory in use, though nobody has touched it.
 */
public final class PortableMemory implements OsMemory {
  /*
   * calloc and not Arena.allocate, which zeroes the region by hand and so takes the physical memory for
   * all of it at the first use. Not a mapped temporary file either: a page that is written there is in
   * memory twice, and a disk is needed (figures in DECISIONS.md).
   *
   *   calloc's block      address, a multiple of a page             + byteSize
   *   |                   |                                         |
   *   v                   v                                         v
   *   +-- < one page -----+-----------------------------------------+------+
   *
   * The map remembers what free has to be told.
   */

  /** The unit of accounts; where pages are larger, a run may take one more than it was charged. */
  private static final int PAGE_BYTES = 4096;

  /** Moderate, as Windows sets memory or paging file aside for all of it. */
  private static final long USUAL_REGION_BYTES = 256L << 20;

  private final MethodHandle calloc = CLibrary.bind("calloc", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private final MethodHandle free = CLibrary.bind("free", FunctionDescriptor.ofVoid(JAVA_LONG));
  private final Map<Long, Block> blocks = new HashMap<>();

  private final LongAdder reserves = new LongAdder();
  private final LongAdder releases = new LongAdder();
  private final LongAdder refusals = new LongAdder();

  /** What calloc gave for a reservation of {@code byteSize}. */
  private record Block(long start, long byteSize) {}

  @Override
  public String name() {
    return "portable";
  }

  @Override
  public int pageBytes() {
    return PAGE_BYTES;
  }

  @Override
  public long usualRegionBytes() {
    return USUAL_REGION_BYTES;
  }

  @Override
  public boolean returnsMemory() {
    return false;
  }

  /** Anywhere only: nobody can tell the C library where. */
  @Override
  public long reserve(long wanted, long byteSize) {
    if (wanted != 0) {
      return 0;
    }
    reserves.increment();
    long start;
    try {
      start = (long) calloc.invokeExact(1L, byteSize + PAGE_BYTES);
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
    if (start == 0) {
      refusals.increment();
      return 0;
    }
    long address = Bits.alignUp(start, PAGE_BYTES);
    synchronized (blocks) {
      blocks.put(address, new Block(start, byteSize));
    }
    return address;
  }

  /** Refuses: the C library has no names. */
  @Override
  public boolean label(long address, long byteSize, String name) {
    return false;
  }

  /** Does nothing: memory of the C library is readable. */
  @Override
  public boolean allowRead(long address, long byteSize) {
    return true;
  }

  /** Does nothing: memory of the C library is writable, and zero until it is written to. */
  @Override
  public boolean commit(long address, long byteSize) {
    return true;
  }

  /** Refuses: the C library takes back nothing but whole reservations. */
  @Override
  public boolean decommit(long address, long byteSize) {
    return false;
  }

  /** Refuses: the C library has no way to move pages. */
  @Override
  public boolean move(long from, long to, long byteSize) {
    return false;
  }

  /** Refuses: the C library does not know of access. */
  @Override
  public boolean forbid(long address, long byteSize) {
    return false;
  }

  /** Refuses: nothing is forbidden. */
  @Override
  public boolean permit(long address, long byteSize, String name) {
    return false;
  }

  /** Whole reservations only. */
  @Override
  public boolean release(long address, long byteSize) {
    Block block;
    synchronized (blocks) {
      block = blocks.get(address);
      if (block == null || block.byteSize() != byteSize) {
        return false;
      }
      blocks.remove(address);
    }
    releases.increment();
    try {
      free.invokeExact(block.start());
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
    return true;
  }

  @Override
  public OsCallCounts callCounts() {
    return new OsCallCounts(reserves.sum(), 0, 0, 0, releases.sum(), refusals.sum());
  }
}
