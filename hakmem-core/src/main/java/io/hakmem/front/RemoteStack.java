// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.memory.HotPath;
import io.hakmem.superslab.PageMap;

/** Blocks of one class that one thread freed and another one owns. Owner thread only. */
final class RemoteStack {
  /*
   *   blocks[0]             blocks[room]              blocks[blocks.length]
   *   |                     |                         |
   *   v                     v                         v
   *   +---------- ... ------+--------+-- ... -+-------+
   *   | room                | newest |        | oldest|
   *   +---------- ... ------+--------+-- ... -+-------+
   *
   * Filled from the end, as the depot's magazines are, so that the owner gets the blocks back in the
   * order in which they were freed.
   */

  /** Owner of a stack with blocks of several owners, which no block has. */
  static final int MIXED = PageMap.NO_OWNER;

  /** Of a class of which nothing was freed for others yet: has no room. */
  static final RemoteStack NONE = new RemoteStack(0);

  private final long[] blocks;
  private int room;
  private int owner = MIXED;

  RemoteStack(int capacity) {
    blocks = new long[capacity];
    room = capacity;
  }

  int count() {
    return blocks.length - room;
  }

  int capacity() {
    return blocks.length;
  }

  int owner() {
    return owner;
  }

  /** Whether it takes one more block of an owner without a look at the others. */
  @HotPath
  boolean takes(int blockOwner) {
    return owner == blockOwner && room > 0;
  }

  /** Pushes a block that is marked free, where there is room. */
  @HotPath
  void push(long address) {
    int place = room - 1;
    blocks[place] = address;
    room = place;
  }

  /** From now on the blocks are of this owner, or of several. */
  void setOwner(int newOwner) {
    owner = newOwner;
  }

  /** Moves every block to the owner's place in a depot; how many. */
  int handOver(Depot depot) {
    int count = count();
    if (count > 0) {
      int first = room;
      room = blocks.length;
      depot.give(owner, blocks, first, blocks.length);
    }
    return count;
  }
}
