// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.NativeSubjectSpec.Library;
import io.hakmem.lab.subject.NativeSubjectSpec.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            "native-tcmalloc",
            "native-rpmalloc"),
        names);
  }

  @Test
  void everyRivalIsThere() {
    List<String> names =
        new SubjectCatalog(Map.of()).all().stream().map(SubjectSpec::name).toList();
    List<String> rivals =
        List.of(
            "jvm-unsafe",
            "jvm-arena-shared",
            "jvm-netty-adaptive",
            "jvm-netty-pooled",
            "jvm-arrow-netty",
            "jvm-parquet-direct",
            "jvm-ignite-unsafe",
            "jvm-lwjgl-mimalloc",
            "jvm-lwjgl-jemalloc",
            "jvm-lwjgl-rpmalloc",
            "hakmem-netty",
            "hakmem-arrow",
            "hakmem-parquet",
            "hakmem-ignite",
            "hakmem-lwjgl");
    assertTrue(names.containsAll(rivals), names::toString);
    assertTrue(names.contains("hakmem-segment"), names::toString);
    assertEquals(names.stream().distinct().toList(), names);
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
  void nativeLibrary_becomesASubjectThatIsMeasured() {
    SubjectCatalog catalog = new SubjectCatalog(Map.of("mine", "/opt/libmine.so"));
    assertEquals("native-mine", catalog.defaults().getLast().name());
  }

  @Test
  void nativeLibrary_takesThePlaceOfTheOneLookedFor() {
    SubjectCatalog catalog = new SubjectCatalog(Map.of("rpmalloc", "/opt/librp.so"));
    List<SubjectSpec> named =
        catalog.all().stream().filter(spec -> spec.name().equals("native-rpmalloc")).toList();
    Source library = new Library(List.of("/opt/librp.so"));
    assertEquals(List.of(library), named.stream().map(SubjectCatalogTest::source).toList());
  }

  private static Source source(SubjectSpec spec) {
    return ((NativeSubjectSpec) spec).source();
  }

  @ParameterizedTest
  @ValueSource(strings = {"glibc", "null"})
  void nativeLibrary_cannotBeCalledAsWhatIsNone(String name) {
    Map<String, String> libraries = Map.of(name, "/opt/other.so");
    UsageException e = assertThrows(UsageException.class, () -> new SubjectCatalog(libraries));
    assertTrue(String.valueOf(e.getMessage()).contains("native-" + name), e::getMessage);
  }
}
