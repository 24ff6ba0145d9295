// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.depot;

import org.jspecify.annotations.Nullable;

/** A batch of free blocks of one size class that changes hands as a whole. */
final class Magazine {
  /*
   *   blocks[0]                   blocks[count - 1]             blocks[blocks.length - 1]
   *   |                           |                             |
   *   v                           v                             v
   *   +--------+--------+-- ... --+--------+---------- ... -----+--------+
   *   | oldest |        |         | newest |  stale addresses, never read|
   *   +--------+--------+-- ... --+--------+---------- ... -----+--------+
   *
   * Addresses only: the blocks themselves are not touched when the magazine changes hands, so a block
   * freed for another thread costs no cache line of its own. Guarded by its depot.
   *
   *   I1  0 <= count <= blocks.length
   *   I2  blocks[i], i < count, is a free block of this size class, marked not live
   */

  final long[] blocks;
  int count;
  @Nullable Magazine next;

  Magazine(int capacity) {
    blocks = new long[capacity];
  }
}
