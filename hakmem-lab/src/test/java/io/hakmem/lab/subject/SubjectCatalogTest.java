// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.UsageException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubjectCatalogTest {
  @Test
  void defaults_areEverySubjectButThoseOfTheLabOnly() {
    List<String> names =
        new SubjectCatalog(Map.of()).defaults().stream().map(SubjectSpec::name).toList();
    assertEquals(
        List.of(
            "hakmem",
            "hakmem-handle",
            "jvm-null",
            "jvm-malloc",
            "jvm-arena-confined",
            "native-null",
            "native-glibc",
            "native-jemalloc",
            "native-mimalloc",
            "native-tcmalloc"),
        names);
  }

  @Test
  void select_ofUnknownName_isBadUsage() {
    SubjectCatalog catalog = new SubjectCatalog(Map.of());
    UsageException e =
        assertThrows(UsageException.class, () -> catalog.select(List.of("hakmem", "hakmen")));
    assertTrue(String.valueOf(e.getMessage()).contains("'hakmen'"), e::getMessage);
  }

  @Test
  void select_keepsTheOrderAndDropsRepetitions() {
    List<SubjectSpec> selected =
        new SubjectCatalog(Map.of()).select(List.of("native-glibc", "hakmem", "native-glibc"));
    assertEquals(
        List.of("native-glibc", "hakmem"), selected.stream().map(SubjectSpec::name).toList());
  }

  @Test
  void nativeLibrary_becomesASubject() {
    SubjectCatalog catalog = new SubjectCatalog(Map.of("mine", "/opt/libmine.so"));
    assertEquals(1, catalog.select(List.of("native-mine")).size());
    assertThrows(
        UsageException.class, () -> new SubjectCatalog(Map.of("jemalloc", "/opt/other.so")));
  }
}
