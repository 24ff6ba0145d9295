// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import io.hakmem.verify.HeapVerifier;
import org.junit.jupiter.api.Test;

/** What the Javadoc shows runs and leaves nothing behind. */
final class ApiSnippetsTest {

  @Test
  void snippets_runAndFreeWhatTheyAllocate() {
    ApiSnippets.configure();
    long bytesBefore = Hakmem.stats().allocatedBytes();
    ApiSnippets.blocks();
    assertEquals(
        InvalidFreeException.Kind.NOT_ALLOCATED, ApiSnippets.freedTwice(Hakmem.allocate(100)));
    assertEquals(42, ApiSnippets.arena());
    ApiSnippets.heap();
    ApiSnippets.handle();
    assertEquals(1L << 30, Hakmem.stats().limitBytes());
    assertEquals(bytesBefore, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }
}
