// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.memory.CLibrary;
import io.hakmem.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory of Linux by {@code mmap}, {@code mprotect}, {@code madvise}, {@code mremap} and {@code
 * munmap}.
 */
public final class LinuxMemory implements OsMemory {
  /*
   * Address space is reserved PROT_NONE and committed forward by mprotect: a readable and writable
   * MAP_NORESERVE mapping of the whole region would be refused under strict overcommit.
   *
   * Pages move in two steps. MREMAP_FIXED with MREMAP_DONTUNMAP would do it in one, but the kernel
   * clears the new place before it finds out that the pages lie in more than one mapping or that
   * strict overcommit has no room, and until a hole is mended anybody's mmap may land in it. So:
   *
   *   1. MREMAP_DONTUNMAP to where the system likes; refused, it has changed nothing
   *   2. MREMAP_FIXED from there, a mapping of exactly this size, onto the new place: of what can
   *      refuse that, only the limit of mappings is left, which is asked before anything is cleared
   */

  /** Address space costs nothing here, so as much as nearly nobody has memory. */
  private static final long USUAL_REGION_BYTES = 1L << 40;

  /** What a refused move has in memory twice at most. */
  private static final long COPY_BYTES = 1 << 20;

  private static final long REFUSED = -1;
  private static final int NO_FILE = -1;

  /** The Java heap had no room for what the virtual machine makes around a call: as if refused. */
  private static final int NOT_CALLED = -1;

  /** {@code mremap}; the address, or {@link #REFUSED}. */
  @FunctionalInterface
  interface Remap {
    long call(long from, long oldByteSize, long newByteSize, int flags, long to);
  }

  /**
   * That of the system, bound when the first block moves: again and again, not by a static
   * initialiser, which may fail only once.
   */
  static final class Mremap implements Remap {
    private volatile @Nullable MethodHandle function;

    @Override
    public long call(long from, long oldByteSize, long newByteSize, int flags, long to) {
      try {
        MethodHandle bound = function;
        if (bound == null) {
          bound = bind();
        }
        return (long) bound.invokeExact(from, oldByteSize, newByteSize, flags, to);
      } catch (OutOfMemoryError notCalled) {
        return REFUSED;
      } catch (Throwable failure) {
        throw CLibrary.unexpected(failure);
      }
    }

    private MethodHandle bind() {
      // The fifth parameter is declared with an ellipsis.
      MethodHandle bound =
          Linker.nativeLinker()
              .downcallHandle(
                  Linker.nativeLinker().defaultLookup().findOrThrow("mremap"),
                  FunctionDescriptor.of(
                      JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG),
                  Linker.Option.firstVariadicArg(4));
      function = bound;
      return bound;
    }
  }

  private final LinuxConstants constants;
  private final int pageBytes;
  private final MethodHandle mmap;
  private final MethodHandle mprotect;
  private final MethodHandle madvise;
  private final Remap mremap;
  private final MethodHandle munmap;
  private final MethodHandle prctl;
  private final FaultingFile faulting = new FaultingFile();

  // Not LongAdders, which may want an object between the two steps of a move.
  private final AtomicLong reserves = new AtomicLong();
  private final AtomicLong protects = new AtomicLong();
  private final AtomicLong advises = new AtomicLong();
  private final AtomicLong remaps = new AtomicLong();
  private final AtomicLong releases = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();

  public LinuxMemory(LinuxConstants constants) {
    this(constants, new Mremap());
  }

  /** With another {@code mremap}; for tests, with one that refuses. */
  LinuxMemory(LinuxConstants constants, Remap mremap) {
    this.constants = constants;
    this.mremap = mremap;
    mmap =
        CLibrary.bind(
            "mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    mprotect = CLibrary.bind("mprotect", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    madvise = CLibrary.bind("madvise", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    munmap = CLibrary.bind("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    prctl = CLibrary.bind("prctl", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    pageBytes = askPageBytes();
  }

  @Override
  public String name() {
    return "linux";
  }

  @Override
  public int pageBytes() {
    return pageBytes;
  }

  @Override
  public long usualRegionBytes() {
    return USUAL_REGION_BYTES;
  }

  @Override
  public boolean returnsMemory() {
    return true;
  }

  @Override
  public long reserve(long wanted, long byteSize) {
    reserves.incrementAndGet();
    long address = map(wanted, byteSize, constants.protNone(), anonymous(), NO_FILE);
    if (address != -1 && wanted != 0 && address != wanted) {
      unmap(address, byteSize); // the place was taken: to mmap it is only a hint
      address = -1;
    }
    if (address == REFUSED) {
      refusals.incrementAndGet();
      return 0;
    }
    describe(address, byteSize);
    return address;
  }

  private int anonymous() {
    return constants.mapPrivate() | constants.mapAnonymous() | constants.mapNoReserve();
  }

  private long map(long wanted, long byteSize, int protection, int flags, int file) {
    try {
      return (long) mmap.invokeExact(wanted, byteSize, protection, flags, file, 0L);
    } catch (OutOfMemoryError notCalled) {
      return REFUSED;
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }

  /**
   * Says what the system would get wrong by itself. Debuggers write all that can be read into a
   * core file, for the maps of a TiB 65 GiB of zeros. A huge page takes physical memory that nobody
   * charged for, and that no purge looks for. Kernels that know neither refuse, harmlessly.
   */
  private void describe(long address, long byteSize) {
    int ignored = advise(address, byteSize, constants.adviseDontDump());
    ignored = advise(address, byteSize, constants.adviseNoHugePage());
  }

  /** Kernels before 5.17 and those without CONFIG_ANON_VMA_NAME refuse. */
  @Override
  public boolean label(long address, long byteSize, String name) {
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(name).address();
      long which = constants.setVmaAnonName();
      return (int) prctl.invokeExact(constants.setVma(), which, address, byteSize, text) == 0;
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }

  @Override
  public boolean allowRead(long address, long byteSize) {
    return protect(address, byteSize, constants.protRead());
  }

  @Override
  public boolean commit(long address, long byteSize) {
    if (!protect(address, byteSize, constants.protRead() | constants.protWrite())) {
      return false;
    }
    int ignored = advise(address, byteSize, constants.adviseDoDump());
    return true;
  }

  private boolean protect(long address, long byteSize, int protection) {
    protects.incrementAndGet();
    try {
      return done((int) mprotect.invokeExact(address, byteSize, protection));
    } catch (OutOfMemoryError notCalled) {
      return done(NOT_CALLED);
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }

  @Override
  public boolean decommit(long address, long byteSize) {
    advises.incrementAndGet();
    return done(advise(address, byteSize, constants.adviseDontNeed()));
  }

  private int advise(long address, long byteSize, int advice) {
    try {
      return (int) madvise.invokeExact(address, byteSize, advice);
    } catch (OutOfMemoryError notCalled) {
      return NOT_CALLED;
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }

  @Override
  public boolean move(long from, long to, long byteSize) {
    int lift = constants.remapMayMove() | constants.remapDontUnmap();
    long lifted = remap(from, byteSize, lift, 0);
    if (lifted == REFUSED) {
      return false;
    }
    boolean moved = putDown(lifted, to, byteSize);
    if (!moved && !putDown(lifted, from, byteSize)) {
      copyBack(lifted, from, byteSize);
    }
    return moved;
  }

  @Override
  public boolean forbid(long address, long byteSize) {
    int file = faulting.number();
    int access = constants.protRead() | constants.protWrite();
    return file >= 0 && mapOver(address, byteSize, access, constants.mapShared(), file);
  }

  /** In two steps: the first takes nothing that strict overcommit could refuse. */
  @Override
  public boolean permit(long address, long byteSize, String name) {
    if (!mapOver(address, byteSize, constants.protNone(), anonymous(), NO_FILE)) {
      return false;
    }
    describe(address, byteSize);
    boolean ignored = label(address, byteSize, name); // or it never joins its neighbours
    return commit(address, byteSize);
  }

  private boolean mapOver(long address, long byteSize, int protection, int flags, int file) {
    remaps.incrementAndGet();
    int fixed = flags | constants.mapFixed();
    return done(map(address, byteSize, protection, fixed, file) == address ? 0 : NOT_CALLED);
  }

  private boolean putDown(long lifted, long to, long byteSize) {
    return remap(lifted, byteSize, constants.remapMayMove() | constants.remapFixed(), to)
        != REFUSED;
  }

  private long remap(long from, long byteSize, int flags, long to) {
    remaps.incrementAndGet();
    long address = mremap.call(from, byteSize, byteSize, flags, to);
    if (address == REFUSED) {
      refusals.incrementAndGet();
    }
    return address;
  }

  private void copyBack(long lifted, long to, long byteSize) {
    for (long offset = 0; offset < byteSize; offset += COPY_BYTES) {
      long bytes = Math.min(byteSize - offset, COPY_BYTES);
      Memory.copy(lifted + offset, to + offset, bytes);
      decommit(lifted + offset, bytes);
    }
    release(lifted, byteSize);
  }

  @Override
  public boolean release(long address, long byteSize) {
    return unmap(address, byteSize);
  }

  private boolean unmap(long address, long byteSize) {
    releases.incrementAndGet();
    try {
      return done((int) munmap.invokeExact(address, byteSize));
    } catch (OutOfMemoryError notCalled) {
      return done(NOT_CALLED);
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }

  @Override
  public OsCallCounts callCounts() {
    return new OsCallCounts(
        reserves.get(),
        protects.get(),
        advises.get(),
        remaps.get(),
        releases.get(),
        refusals.get());
  }

  private boolean done(int result) {
    if (result != 0) {
      refusals.incrementAndGet();
    }
    return result == 0;
  }

  private int askPageBytes() {
    MethodHandle sysconf = CLibrary.bind("sysconf", JAVA_LONG, JAVA_INT);
    try {
      return Math.toIntExact((long) sysconf.invokeExact(constants.systemPageSize()));
    } catch (Throwable failure) {
      throw CLibrary.unexpected(failure);
    }
  }
}
