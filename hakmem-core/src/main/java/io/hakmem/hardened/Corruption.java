// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

/**
 * Bytes that somebody wrote who should not have.
 *
 * @param kind what they are
 * @param address start of the block that they belong to
 * @param byteSize what was asked for it
 * @param offset of the first such byte from the block's start, negative before it
 */
public record Corruption(Kind kind, long address, long byteSize, long offset) {

  /** What was written to. */
  public enum Kind {
    /** The red zone behind a live block. */
    OVERFLOW,
    /** The red zone of the block before, right before a live block. */
    UNDERFLOW,
    /** A block in quarantine. */
    WRITE_AFTER_FREE
  }
}
