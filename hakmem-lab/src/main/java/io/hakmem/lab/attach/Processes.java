// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.attach;

import com.sun.tools.attach.VirtualMachine;
import com.sun.tools.attach.VirtualMachineDescriptor;
import io.hakmem.lab.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The processes of this machine: which of them are JVMs, and how much memory they take. */
public final class Processes {
  private static final Path PROC = Path.of("/proc");

  private Processes() {}

  static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Whether a process is there no more, or is not after a while. */
  public static boolean endsWithin(long pid, Duration patience) {
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process == null) {
      return true;
    }
    try {
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Makes sure that a process is a JVM. To attach means to send a signal that ends other programs,
   * or makes them do things of their own.
   *
   * @throws UsageException if it is none, or none of ours
   */
  static void requireJvm(long pid) {
    if (!isAlive(pid)) {
      throw new UsageException("there is no process " + pid + "; jps lists the JVMs");
    }
    if (pid == ProcessHandle.current().pid()) {
      throw new UsageException("process " + pid + " is this very command");
    }
    if (!isListed(pid) && !hasLibrary(pid)) {
      throw new UsageException("process " + pid + " is no JVM, or another user's; jps lists them");
    }
  }

  private static boolean isListed(long pid) {
    String id = Long.toString(pid);
    return VirtualMachine.list().stream().map(VirtualMachineDescriptor::id).anyMatch(id::equals);
  }

  /** JVMs without performance data are not listed; Linux knows their library. */
  private static boolean hasLibrary(long pid) {
    try (Stream<String> mappings = Files.lines(PROC.resolve(pid + "/maps"))) {
      return mappings.anyMatch(line -> line.endsWith("/libjvm.so"));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
