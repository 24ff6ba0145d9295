// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.memory.CLibrary;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** An empty file in memory: whoever touches a mapping of it touches what lies behind its end. */
final class FaultingFile {
  /*
   * For that the kernel sends SIGBUS, which the virtual machine turns into an InternalError in the
   * thread that did it, as it does for mapped files that somebody truncated. For memory without any
   * access it sends SIGSEGV, and that ends the process.
   */

  private static final int CLOSE_ON_EXEC = 1; // MFD_CLOEXEC, linux/memfd.h
  private static final int NONE = -1;

  private @Nullable MethodHandle create;
  private int file = NONE;

  /** The file's number, made at the first call; -1 if the system refuses. */
  synchronized int number() {
    if (file == NONE) {
      try (Arena arena = Arena.ofConfined()) {
        MethodHandle bound = create;
        if (bound == null) {
          bound = CLibrary.bind("memfd_create", JAVA_INT, JAVA_LONG, JAVA_LONG);
          create = bound;
        }
        long name = arena.allocateFrom("hakmem guards").address();
        file = (int) bound.invokeExact(name, (long) CLOSE_ON_EXEC);
      } catch (OutOfMemoryError notCalled) {
        return NONE;
      } catch (Throwable failure) {
        throw CLibrary.unexpected(failure);
      }
    }
    return file;
  }
}
