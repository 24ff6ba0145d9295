// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The frame of tests on the class's own allocator, which purges on demand only: after each test the
 * heap is sound, no block is live, and a purge takes everything home. Threads that a test started
 * have to be dead by then.
 */
final class LeavesNothing implements BeforeAllCallback, AfterEachCallback {

  /** What the stacks of the caches that stay may take. */
  private static final long AREAS_BYTES = 1 << 20;

  @Override
  public void beforeAll(ExtensionContext context) {
    Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
    Hakmem.purge();
    HeapVerifier.verify();
    assertEquals(0, Hakmem.stats().cachedBytes(), "bytes in caches after the purge");
    long committed = Hakmem.stats().committedBytes();
    assertTrue(
        committed < AREAS_BYTES || !TestMode.returnsMemory(),
        committed + " bytes committed after the purge");
  }
}
