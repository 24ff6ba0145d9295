// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers against the kernel's headers, for both architectures, whichever the test runs on. */
final class LinuxConstantsTest {

  @ParameterizedTest
  @ValueSource(strings = {"amd64", "x86_64", "aarch64"})
  void of_supportedArchitecture_hasTheNumbersOfTheKernelHeaders(String architecture) {
    LinuxConstants constants = LinuxConstants.of(architecture).orElseThrow();

    assertEquals(0x0, constants.protNone(), "PROT_NONE");
    assertEquals(0x1, constants.protRead(), "PROT_READ");
    assertEquals(0x2, constants.protWrite(), "PROT_WRITE");
    assertEquals(0x02, constants.mapPrivate(), "MAP_PRIVATE");
    assertEquals(0x01, constants.mapShared(), "MAP_SHARED");
    assertEquals(0x10, constants.mapFixed(), "MAP_FIXED");
    assertEquals(0x20, constants.mapAnonymous(), "MAP_ANONYMOUS");
    assertEquals(0x4000, constants.mapNoReserve(), "MAP_NORESERVE");
    assertEquals(4, constants.adviseDontNeed(), "MADV_DONTNEED");
    assertEquals(15, constants.adviseNoHugePage(), "MADV_NOHUGEPAGE");
    assertEquals(16, constants.adviseDontDump(), "MADV_DONTDUMP");
    assertEquals(17, constants.adviseDoDump(), "MADV_DODUMP");
    assertEquals(1, constants.remapMayMove(), "MREMAP_MAYMOVE");
    assertEquals(2, constants.remapFixed(), "MREMAP_FIXED");
    assertEquals(4, constants.remapDontUnmap(), "MREMAP_DONTUNMAP");
    assertEquals(30, constants.systemPageSize(), "_SC_PAGESIZE");
    assertEquals(0x53564d41, constants.setVma(), "PR_SET_VMA");
    assertEquals(0, constants.setVmaAnonName(), "PR_SET_VMA_ANON_NAME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "alpha", "mips64", "ppc64le", "riscv64", "s390x", "x86", "arm"})
  void of_unknownArchitecture_isEmpty(String architecture) {
    assertTrue(LinuxConstants.of(architecture).isEmpty());
  }

  @Test
  void of_thisMachine_isKnown() {
    assertTrue(LinuxConstants.of(System.getProperty("os.arch")).isPresent());
  }
}
