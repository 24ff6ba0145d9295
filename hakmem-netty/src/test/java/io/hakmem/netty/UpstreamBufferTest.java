// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import io.netty.buffer.AbstractByteBufTest;
import io.netty.buffer.ByteBuf;

/** Netty's own tests of a buffer. */
final class UpstreamBufferTest extends AbstractByteBufTest {
  @Override
  protected ByteBuf newBuffer(int capacity, int maxCapacity) {
    return HakmemByteBufAllocator.DEFAULT.directBuffer(capacity, maxCapacity);
  }
}
