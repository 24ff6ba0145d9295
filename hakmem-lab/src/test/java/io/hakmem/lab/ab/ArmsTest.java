// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.UsageException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArmsTest {
  @TempDir Path folder;

  @Test
  void sets_areByEnvironmentOrProperty() {
    List<Arm> arms = Arms.of(List.of("HAKMEM_TINY_FAST_CAP=64,128"), List.of());
    assertEquals(arms, Arms.of(List.of("hakmem.tiny.fastCap=64,128"), List.of()));
    assertEquals("HAKMEM_TINY_FAST_CAP=64", arms.getFirst().label());
    assertEquals(List.of("-Dhakmem.tiny.fastCap=128"), arms.getLast().flags());
  }

  @Test
  void sets_ofSeveralKeys_areCombined() {
    List<Arm> arms =
        Arms.of(
            List.of("HAKMEM_TINY_FAST_CAP=32,64", "HAKMEM_TINY_REFILL_COUNT_HOT=8,16,32"),
            List.of());
    assertEquals(6, arms.size());
    assertEquals(
        List.of("-Dhakmem.tiny.fastCap=32", "-Dhakmem.tiny.refillCountHot=8"),
        arms.getFirst().flags());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEY=1,2",
        "HAKMEM_TINY_FAST_CAP",
        "HAKMEM_TINY_FAST_CAP=64",
        "HAKMEM_TINY_FAST_CAP=64,64",
        "HAKMEM_TINY_FAST_CAP=64,many",
        "HAKMEM_TINY_FAST_CAP=64,100000",
        "HAKMEM_OS=linux,windows"
      })
  void sets_thatCannotBe_areRefused(String set) {
    String before = System.getProperties().toString();
    UsageException e = assertThrows(UsageException.class, () -> Arms.of(List.of(set), List.of()));
    assertTrue(String.valueOf(e.getMessage()).startsWith("--set"), e::getMessage);
    assertEquals(before, System.getProperties().toString());
  }

  @Test
  void jars_haveToBeBuildsOfTheAllocator() throws Exception {
    Path other = jar("other.jar", "a/B.class");
    Path build = jar("build.jar", "io/hakmem/Hakmem.class");
    for (List<String> jars :
        List.of(
            List.of("" + build),
            List.of("" + build, "" + other),
            List.of("" + build, "/no/such.jar"))) {
      UsageException e = assertThrows(UsageException.class, () -> Arms.of(List.of(), jars));
      assertTrue(String.valueOf(e.getMessage()).startsWith("--jar"), e::getMessage);
    }
    Path second = jar("second.jar", "io/hakmem/Hakmem.class");
    List<Arm> arms = Arms.of(List.of(), List.of("" + build, "" + second));
    assertEquals(List.of(second), arms.getLast().classes());
  }

  private Path jar(String name, String entry) throws Exception {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry(entry));
      jar.closeEntry();
    }
    return file;
  }
}
