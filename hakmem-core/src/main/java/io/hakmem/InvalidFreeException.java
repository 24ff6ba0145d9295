// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/** Thrown when an address that is not a live block is freed, resized or asked for its size. */
public final class InvalidFreeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with the address. */
  public enum Kind {
    /** It was never an address of this allocator. */
    FOREIGN,
    /** It lies inside a live block, but is not its start. */
    INTERIOR,
    /** It is not allocated: freed already, or never handed out. */
    NOT_ALLOCATED,
    /** The block is live, but not of the size that the caller named. */
    WRONG_SIZE
  }

  private final Kind kind;
  private final long address;

  InvalidFreeException(Kind kind, long address, String message) {
    super(message);
    this.kind = kind;
    this.address = address;
  }

  /** What is wrong with the address. */
  public Kind kind() {
    return kind;
  }

  /** The address as the caller gave it. */
  public long address() {
    return address;
  }
}
