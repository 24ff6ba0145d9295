// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.hardened.Corruption;

/**
 * Thrown in the hardened mode when somebody has written where nobody should have: behind the end of
 * a block, right before its start, or into a block that was freed.
 *
 * <p>The call that throws it has done its work otherwise: {@link Hakmem#free(long)} has freed its
 * block, {@link Hakmem#reallocate} too, without a new one. What it found need not be about its own
 * block, as a freed block is looked at when it leaves the quarantine. What was written over is
 * lost: the only safe answer is to find the writer.
 */
public final class MemoryCorruptionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What was written to. */
  public enum Kind {
    /** What lies behind the end of a live block. */
    OVERFLOW,
    /** What lies right before a live block: from its side, or by the block before. */
    UNDERFLOW,
    /** A block that was freed, while it was in quarantine. */
    WRITE_AFTER_FREE
  }

  private final Kind kind;
  private final long address;
  private final long byteSize;
  private final long offset;

  MemoryCorruptionException(Corruption found) {
    super(message(found));
    kind = Kind.valueOf(found.kind().name());
    address = found.address();
    byteSize = found.byteSize();
    offset = found.offset();
  }

  private static String message(Corruption found) {
    String block =
        "the block of " + found.byteSize() + " bytes at 0x" + Long.toHexString(found.address());
    return switch (found.kind()) {
      case OVERFLOW -> block + " was written to behind its end, at offset " + found.offset();
      case UNDERFLOW -> "before " + block + " was written to, at offset " + found.offset();
      case WRITE_AFTER_FREE ->
          block + " was written to after it was freed, at offset " + found.offset();
    };
  }

  /** What was written to. */
  public Kind kind() {
    return kind;
  }

  /** Where the block starts. */
  public long address() {
    return address;
  }

  /** What was last requested for the block, in bytes. */
  public long byteSize() {
    return byteSize;
  }

  /**
   * The first byte that was written to, counted from the start of the block; negative before it.
   */
  public long offset() {
    return offset;
  }
}
