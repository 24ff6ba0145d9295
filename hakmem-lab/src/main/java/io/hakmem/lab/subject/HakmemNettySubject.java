// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.netty.HakmemByteBufAllocator;

/** Netty's direct buffers in hakmem's memory. */
public final class HakmemNettySubject extends NettySubject {
  /** Opens it with room for the buffer of each slot. */
  public HakmemNettySubject(int slotCount) {
    super(slotCount, HakmemByteBufAllocator.DEFAULT);
  }
}
