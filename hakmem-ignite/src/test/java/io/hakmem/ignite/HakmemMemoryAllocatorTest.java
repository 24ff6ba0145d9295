// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.ignite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import io.hakmem.InvalidFreeException.Kind;
import io.hakmem.ignite.sample.CacheSample;
import io.hakmem.verify.HeapVerifier;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.ignite.mem.MemoryAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What Ignite's nodes do not do: bad input. And the sample. */
final class HakmemMemoryAllocatorTest {

  private final MemoryAllocator allocator = new HakmemMemoryAllocator();

  @AfterEach
  void theHeapIsSound() {
    HeapVerifier.verify();
  }

  @Test
  void memoryOut_isZero_andANegativeSizeIsRefused() {
    assertEquals(0, allocator.allocateMemory(1L << 45));
    assertThrows(IllegalArgumentException.class, () -> allocator.allocateMemory(-1));
  }

  @Test
  void badFrees_areRefused() {
    long address = allocator.allocateMemory(1 << 20);
    assertRefused(Kind.INTERIOR, address + 4096);
    assertRefused(Kind.FOREIGN, 4096);
    assertTrue(Hakmem.owns(address));
    allocator.freeMemory(address);
    assertRefused(Kind.NOT_ALLOCATED, address);
    allocator.freeMemory(0);
  }

  private void assertRefused(Kind kind, long address) {
    assertEquals(
        kind, assertThrows(InvalidFreeException.class, () -> allocator.freeMemory(address)).kind());
  }

  /** Nodes send their configuration to others. */
  @Test
  void whatWasSentToAnotherNode_allocatesThere() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(sent)) {
      out.writeObject(allocator);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(sent.toByteArray()))) {
      MemoryAllocator received = (MemoryAllocator) in.readObject();
      received.freeMemory(allocator.allocateMemory(100));
    }
  }

  @Test
  @Timeout(300)
  void sample_printsWhatItSays() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      CacheSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    String printed = out.toString(StandardCharsets.UTF_8); // also what Ignite says of itself
    assertTrue(printed.contains("sum: 332833500\nMiB of hakmem: 64\n"), printed);
    assertTrue(printed.contains("left in hakmem's memory: 0\n"), printed);
  }
}
