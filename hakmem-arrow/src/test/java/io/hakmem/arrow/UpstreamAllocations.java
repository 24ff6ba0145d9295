// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.arrow;

import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How many buffers Arrow's own tests had of hakmem, written to a file at their end once the heap
 * was found sound; the build looks there. With a wrong class path they would pass on Arrow's
 * memory.
 */
public final class UpstreamAllocations implements LauncherSessionListener {

  private static final AtomicLong COUNT = new AtomicLong();

  /** For the service loader. */
  public UpstreamAllocations() {}

  /** Counts a buffer. */
  public static void count() {
    COUNT.incrementAndGet();
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    HeapVerifier.verify();
    try {
      Files.writeString(
          Path.of("target", "allocations-of-upstream-tests.txt"), "allocations: " + COUNT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
