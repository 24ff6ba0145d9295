// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

final class WarmupTest {

  @Test
  void thread_keepsNeitherTheMachineNorAClassLoaderAlive() throws InterruptedException {
    Thread thread = Warmup.thread();
    assertTrue(thread.isDaemon());
    assertNull(thread.getContextClassLoader());
    thread.start();
    thread.join();
    assertFalse(thread.isAlive());
  }

  @Test
  void exercise_usesEveryAccessorAndStaysInItsSixteenBytes() {
    try (Arena arena = Arena.ofConfined()) {
      long scratch = arena.allocate(32, 8).address();
      for (int i = 0; i < 3; i++) {
        Memory.exercise(scratch);
      }
      assertEquals(3, Memory.getLong(scratch));
      assertEquals(3, Memory.getInt(scratch + 8));
      assertEquals(3, Memory.getByte(scratch + 12));
      assertEquals(0, Memory.getLong(scratch + 16));
      assertEquals(0, Memory.getLong(scratch + 24));
    }
  }
}
