// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.LinuxConstants;
import io.hakmem.os.LinuxMemory;
import io.hakmem.os.PortableMemory;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What GraalVM is told beforehand is what hakmem asks of the linker, neither more nor less. */
final class ReachabilityMetadataTest {

  private static final String FILE =
      "/META-INF/native-image/io.hakmem/hakmem-core/reachability-metadata.json";

  @Test
  void metadata_isWhatIsAskedForOfTheLinker() throws Exception {
    try (InputStream in = Objects.requireNonNull(Hakmem.class.getResourceAsStream(FILE), FILE)) {
      String given = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(FreshAllocator.run(Everything.class, "", new ForeignCalls.Classes()), given);
    }
  }

  /** Asks the linker for all that hakmem ever asks it for, on every source of memory. */
  static final class Everything implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      for (NativeCallbacks function :
          List.of(
              NativeCallbacks.MALLOC,
              NativeCallbacks.CALLOC,
              NativeCallbacks.REALLOC,
              NativeCallbacks.FREE,
              NativeCallbacks.ALIGNED_ALLOC,
              NativeCallbacks.USABLE_SIZE)) {
        MemorySegment ignored = function.pointer();
      }
      new PortableMemory();
      move(new LinuxMemory(LinuxConstants.of(System.getProperty("os.arch")).orElseThrow()));
      CBytes.fill(Memory.NULL, 0, (byte) 0);
      assertEquals(Set.of(), ForeignCalls.missed());
      return ForeignCalls.metadata();
    }

    private static void move(LinuxMemory os) {
      long bytes = 16L * os.pageBytes();
      long from = os.reserve(0, 2 * bytes);
      assertTrue(os.commit(from, 2 * bytes));
      assertTrue(os.move(from, from + bytes, bytes));
      assertTrue(os.forbid(from, bytes));
      assertTrue(os.release(from, 2 * bytes));
    }
  }
}
