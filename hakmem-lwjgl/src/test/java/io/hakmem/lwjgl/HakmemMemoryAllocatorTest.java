// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lwjgl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import io.hakmem.lwjgl.sample.VerticesSample;
import io.hakmem.verify.HeapVerifier;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lwjgl.system.JNI;
import org.lwjgl.system.MemoryUtil;

/** LWJGL's calls, with the allocator chosen by its property; Java's and C's. */
final class HakmemMemoryAllocatorTest {

  private final MemoryUtil.MemoryAllocator allocator = MemoryUtil.getAllocator();

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }

  @Test
  void buffers_areBlocksOfHakmem() {
    assertTrue(allocator instanceof HakmemMemoryAllocator, allocator::toString);
    ByteBuffer buffer = MemoryUtil.memCalloc(1000);
    long address = MemoryUtil.memAddress(buffer);
    assertTrue(Hakmem.owns(address));
    for (int i = 0; i < 1000; i++) {
      assertEquals(0, buffer.get(i));
    }
    buffer.put(999, (byte) 7);
    buffer = MemoryUtil.memRealloc(buffer, 100_000);
    assertEquals(7, buffer.get(999));
    address = MemoryUtil.memAddress(buffer);
    MemoryUtil.memFree(buffer);
    assertFalse(Hakmem.owns(address));
    ByteBuffer aligned = MemoryUtil.memAlignedAlloc(256, 100);
    assertEquals(0, MemoryUtil.memAddress(aligned) % 256);
    MemoryUtil.memAlignedFree(aligned);
  }

  @Test
  void sizesAreUnsigned() {
    for (long size : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertEquals(0, MemoryUtil.nmemAlloc(size));
      assertEquals(0, MemoryUtil.nmemCalloc(1, size));
      assertEquals(0, MemoryUtil.nmemAlignedAlloc(64, size));
      assertThrows(OutOfMemoryError.class, () -> MemoryUtil.nmemAllocChecked(size));
      long address = MemoryUtil.nmemAlloc(10);
      assertEquals(0, MemoryUtil.nmemRealloc(address, size));
      MemoryUtil.nmemFree(address);
    }
    assertEquals(0, MemoryUtil.nmemCalloc(1L << 33, 1L << 33));
    assertEquals(0, MemoryUtil.nmemCalloc(-1, -1));
  }

  @Test
  void sizeZero_isABlockOfItsOwn() {
    long first = MemoryUtil.nmemAlloc(0);
    long second = MemoryUtil.nmemCalloc(0, 8);
    assertNotEquals(first, second);
    assertTrue(Hakmem.owns(first) && Hakmem.owns(second));
    MemoryUtil.nmemFree(first);
    MemoryUtil.nmemFree(second);
    MemoryUtil.nmemFree(MemoryUtil.NULL);
  }

  @Test
  void badFrees_areRefused() {
    long address = MemoryUtil.nmemAlloc(100);
    assertThrows(InvalidFreeException.class, () -> MemoryUtil.nmemFree(address + 16));
    assertThrows(InvalidFreeException.class, () -> MemoryUtil.nmemRealloc(address + 16, 10));
    MemoryUtil.nmemFree(address);
    assertThrows(InvalidFreeException.class, () -> MemoryUtil.nmemFree(address));
    assertThrows(InvalidFreeException.class, () -> MemoryUtil.nmemAlignedFree(address));
    assertThrows(IllegalArgumentException.class, () -> MemoryUtil.nmemAlignedAlloc(3, 100));
  }

  @Test
  void functionsForC_areThoseOfHakmem() {
    long address = JNI.invokePP(100L, allocator.getMalloc());
    assertTrue(Hakmem.owns(address));
    address = JNI.invokePPP(address, 1000L, allocator.getRealloc());
    assertTrue(Hakmem.usableSize(address) >= 1000);
    JNI.invokePV(address, allocator.getFree());
    address = JNI.invokePPP(10L, 10L, allocator.getCalloc());
    assertEquals(0, MemoryUtil.memGetLong(address));
    JNI.invokePV(address, allocator.getFree());
    address = JNI.invokePPP(4096L, 10L, allocator.getAlignedAlloc());
    assertEquals(0, address % 4096);
    JNI.invokePV(address, allocator.getAlignedFree());
    assertEquals(0, JNI.invokePP(-1L, allocator.getMalloc()));
  }

  @Test
  void sample_printsWhatItSays() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      VerticesSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertEquals(
        List.of("sum: 7.5", "hakmem's: true"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  /** LWJGL makes one by its name; GraalVM has to be told. */
  @Test
  void metadataOfGraalVm_namesTheClassAndItsConstructor() throws Exception {
    String file = "/META-INF/native-image/io.hakmem/hakmem-lwjgl/reachability-metadata.json";
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(file), file)) {
      String metadata = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String type = "\"type\": \"" + HakmemMemoryAllocator.class.getName() + "\"";
      assertTrue(metadata.contains(type), metadata);
      assertTrue(metadata.contains("{\"name\": \"<init>\", \"parameterTypes\": []}"), metadata);
      assertEquals(0, HakmemMemoryAllocator.class.getConstructor().getParameterCount());
    }
  }
}
