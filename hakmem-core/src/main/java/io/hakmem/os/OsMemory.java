// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

/**
 * What the allocator needs of an operating system: address space, and physical memory behind it.
 *
 * <p>Addresses and sizes are multiples of {@link #pageBytes()}. All methods may be called from any
 * thread at the same time. A refusal changes nothing, and the same call may succeed later.
 */
public interface OsMemory {

  /** What the source is called in statistics and in the knob that chooses it. */
  String name();

  /** Unit of addresses and sizes in bytes, a power of two; what is touched is counted in it. */
  int pageBytes();

  /** Bytes of blocks to reserve address space for unless somebody asks for more or less. */
  long usualRegionBytes();

  /**
   * Whether physical memory can be given back: if not, {@link #decommit} refuses always, and what
   * was touched once stays with the process.
   */
  boolean returnsMemory();

  /**
   * Reserves address space, at {@code wanted} and nowhere else if that is not 0; its address, or 0
   * if the system refuses. It must not be accessed before {@link #allowRead} or {@link #commit},
   * and where the source can tell the system, core dumps leave it out until it is committed.
   */
  long reserve(long wanted, long byteSize);

  /**
   * Shows reserved memory under a name where the system lists its mappings; false if it has no such
   * names, which is no failure.
   *
   * @param name at most 79 letters, digits and spaces
   */
  boolean label(long address, long byteSize, String name);

  /** Makes reserved memory readable; it reads as zero and takes no physical memory. */
  boolean allowRead(long address, long byteSize);

  /** Makes reserved memory readable and writable; pages come, zeroed, when they are touched. */
  boolean commit(long address, long byteSize);

  /**
   * Gives physical memory back and keeps the address range committed: it reads as zero afterwards.
   */
  boolean decommit(long address, long byteSize);

  /**
   * Moves the pages behind one committed range to another one, which is not part of it: {@code to}
   * then holds what {@code from} held, what {@code to} held is gone, and {@code from} reads as
   * zero. Both ranges stay committed and are the caller's at every instant, so that nobody else can
   * map anything there. False if the system refuses; then nothing has changed.
   */
  boolean move(long from, long to, long byteSize);

  /**
   * Makes committed memory fail at every access, and gives its physical memory back. An access from
   * Java throws {@link InternalError}; one from native code ends the process. False if the source
   * cannot do that.
   */
  boolean forbid(long address, long byteSize);

  /**
   * Makes forbidden memory committed memory again, which reads as zero; {@code name} as with {@link
   * #label}.
   */
  boolean permit(long address, long byteSize, String name);

  /**
   * Returns address space that {@link #reserve} gave, or a part of it if the source can do that.
   */
  boolean release(long address, long byteSize);

  /** How often each kind of call was made since the start. */
  OsCallCounts callCounts();
}
