// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.workload.RandomMixed;
import io.hakmem.lab.workload.Workload;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What perf, strace and a disassembler say of a run; a machine without one says what is missing.
 */
class SecondOpinionsTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void kernel_countsTheCallsThatTheAllocatorCounts() throws Exception {
    // Large blocks go back to the system at once beyond what is kept.
    Workload workload = WorkloadCatalog.parse("huge-realloc", List.of());
    JvmOptions options = new JvmOptions(List.of("-Dhakmem.large.cacheBytes=0"), 0);
    OsCallCheck check = new Profiling(options, 1, 1, LIMIT).osCalls(workload);
    if (check.unavailable() != null) {
      assertTrue(check.unavailable().contains("perf"), check::toString);
      return;
    }
    assertTrue(check.agrees(), check::toString);
    long calls = check.traced().values().stream().mapToLong(Long::longValue).sum();
    assertTrue(calls > 0, "a workload without a call proves nothing: " + check);
  }

  @Test
  void strace_tableIsRead() {
    List<String> table =
        List.of(
            "% time     seconds  usecs/call     calls    errors syscall",
            "------ ----------- ----------- --------- --------- ----------------",
            " 61.20    0.004721           8       545           mprotect",
            " 30.05    0.002318          11       207         3 mmap",
            "100.00    0.007039           9       752         3 total");
    assertEquals(Map.of("mmap", 207L, "mprotect", 545L), Strace.parse(table));
  }

  @Test
  void assembly_ofAMethod_isDisassembledOrSaysWhatToInstall() throws Exception {
    Workload workload = WorkloadCatalog.parse("random-mixed", List.of("500000", "256", "42"));
    try {
      Assembly.Listing listing =
          Assembly.of(
              RandomMixed.class.getName() + ".steps",
              workload,
              JvmOptions.NONE.warmedUpFor(2000), // C2 has other things to compile as well
              LIMIT);
      assertTrue(listing.instructions() > 50, listing::text);
    } catch (RunFailure e) {
      assertTrue(e.reason().contains("install"), e.reason());
    }
  }

  @Test
  void machineCode_liesAtItsAddresses() throws Exception {
    String printed =
        """
        Compiled method (c1) 1 a.B::c
        0x0000000000001000: ffff
        Compiled method (c2) 2 a.B::c
        [MachCode]
          # this:     rsi:rsi
          0x0000000000002000: 5548 8bec | 90
          0x0000000000002008:   ;   {no_reloc}
          0x0000000000002008: c3
        [/MachCode]
        result nanos=1
        """;
    Assembly.MachineCode code = Assembly.machineCode(Assembly.lastOfC2(printed).orElseThrow());
    assertEquals(0x2000, code.start());
    assertArrayEquals(
        new byte[] {0x55, 0x48, (byte) 0x8b, (byte) 0xec, (byte) 0x90, 0, 0, 0, (byte) 0xc3},
        code.bytes().array());
    assertTrue(Assembly.lastOfC2("Compiled method (c1) 1 a.B::c").isEmpty());
    assertThrows(RunFailure.class, () -> Assembly.machineCode("nothing"));
  }
}
