// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.attach;

import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemRecording;
import io.hakmem.lab.ShutdownHook;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;
import java.rmi.RemoteException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A recording of another JVM's calls, which that JVM writes. */
public final class RemoteRecording {
  private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final Duration PATIENCE_WITH_ITS_END = Duration.ofSeconds(10);

  private final long pid;
  private final HakmemMXBean bean;
  private final AtomicBoolean stopped = new AtomicBoolean();

  private RemoteRecording(long pid, HakmemMXBean bean) {
    this.pid = pid;
    this.bean = bean;
  }

  /**
   * Records until it was long enough, the recording ends by itself, or that JVM ends: then the
   * result is empty, and the file has what was recorded, unless that JVM was killed.
   *
   * @param seconds how long at most; 0 for as long as it takes
   * @param atInterrupt told the result if this process is asked to end meanwhile
   * @throws IOException if the other JVM cannot write the file or records already
   */
  public static Optional<HakmemRecording.Result> record(
      long pid, Path file, long maxBytes, int seconds, Consumer<HakmemRecording.Result> atInterrupt)
      throws IOException {
    try (AttachedJvm jvm = AttachedJvm.to(pid)) {
      RemoteRecording recording = new RemoteRecording(pid, jvm.bean());
      recording.start(file, maxBytes);
      try (ShutdownHook _ = new ShutdownHook(() -> recording.stop().ifPresent(atInterrupt))) {
        recording.await(seconds);
        return recording.stop();
      }
    }
  }

  private void start(Path file, long maxBytes) throws IOException {
    try {
      bean.startRecording(file.toString(), maxBytes);
    } catch (RemoteException ignored) {
      // No answer: that JVM ends, which the next question finds out.
    } catch (IOException | IllegalStateException e) {
      throw new IOException("the JVM " + pid + " does not record: " + e.getMessage(), e);
    }
  }

  private void await(int seconds) {
    long start = System.nanoTime();
    long most = seconds == 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (bean.isRecording() && System.nanoTime() - start < most) {
        LockSupport.parkNanos(BETWEEN_LOOKS);
      }
    } catch (UndeclaredThrowableException e) { // no answer: that JVM ends
      boolean ignored = Processes.endsWithin(pid, PATIENCE_WITH_ITS_END);
    }
  }

  /** Stops it once; who comes second, while this process ends, waits for that. */
  private Optional<HakmemRecording.Result> stop() {
    while (!stopped.compareAndSet(false, true)) {
      LockSupport.parkNanos(BETWEEN_LOOKS);
    }
    try {
      return Optional.of(bean.stopRecording());
    } catch (UndeclaredThrowableException | IllegalStateException e) {
      return Optional.empty(); // that JVM ended, or somebody else stopped it
    }
  }
}
