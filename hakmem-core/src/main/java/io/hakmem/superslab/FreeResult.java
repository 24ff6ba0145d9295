// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

/** What a free came to: a number on the fast path, an exception only in the public API. */
public final class FreeResult {

  public static final int FREED = 0;

  /** The address is not one of the region. */
  public static final int FOREIGN = 1;

  /** The address lies inside a live block but is not its start. */
  public static final int INTERIOR = 2;

  /** No live block starts at the address or contains it. */
  public static final int NOT_ALLOCATED = 3;

  /** The block is live but not of the size that the caller named. */
  public static final int WRONG_SIZE = 4;

  /** The block is freed, but somebody wrote where nobody should have; see the hardened mode. */
  public static final int CORRUPTED = 5;

  private FreeResult() {}
}
