// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lwjgl.sample;

import io.hakmem.Hakmem;
import java.nio.FloatBuffer;
import org.lwjgl.system.MemoryUtil;

/** Vertices in a buffer of LWJGL's. Started with -Dorg.lwjgl.system.allocator=… it is hakmem's. */
public final class VerticesSample {
  private VerticesSample() {}

  /** Fills a buffer, grows it, frees it. */
  public static void main(String[] args) {
    FloatBuffer vertices = MemoryUtil.memAllocFloat(3);
    vertices.put(0.0f).put(0.5f).put(1.0f);
    vertices = MemoryUtil.memRealloc(vertices, 6);
    vertices.put(1.5f).put(2.0f).put(2.5f).flip();
    float sum = 0;
    while (vertices.hasRemaining()) {
      sum += vertices.get();
    }
    System.out.println("sum: " + sum);
    vertices.rewind();
    System.out.println("hakmem's: " + Hakmem.owns(MemoryUtil.memAddress(vertices)));
    MemoryUtil.memFree(vertices);
  }
}
