// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.NativeSubjectSpec.CLibrary;
import io.hakmem.lab.subject.NativeSubjectSpec.FixedBlock;
import io.hakmem.lab.subject.NativeSubjectSpec.Library;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every subject there is, those of the command line included. */
public final class SubjectCatalog {
  /** The subject this project is about. */
  public static final String HAKMEM = "hakmem";

  /** The same, a fifth slower on purpose: what fails to find it finds nothing. */
  public static final String PLANTED = "hakmem-planted";

  /** How much longer the planted subject takes. */
  public static final int PLANTED_PERCENT = 20;

  /** The same with the background purge off: what the purge costs. */
  public static final String UNPURGED = "hakmem-unpurged";

  /** The system's malloc, called from C. */
  public static final String GLIBC = "native-glibc";

  /** Prefix of the subjects that run as a C program. */
  public static final String NATIVE_PREFIX = "native-";

  private static final Set<String> BY_DEFAULT =
      Set.of(
          HAKMEM,
          "hakmem-handle",
          "jvm-null",
          "jvm-malloc",
          "jvm-arena-confined",
          "native-null",
          GLIBC,
          "native-jemalloc",
          "native-mimalloc",
          "native-tcmalloc",
          "native-rpmalloc");

  /** Where distributions put libraries, on the architectures that are supported. */
  private static final List<String> LIBRARY_FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib/aarch64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/local/lib64",
          "/usr/local/lib");

  private final List<SubjectSpec> specs = new ArrayList<>();
  private final Set<String> given = new HashSet<>();

  /** The catalogue with a subject native-NAME for each library of the map, NAME to path. */
  public SubjectCatalog(Map<String, String> libraries) {
    specs.addAll(JvmSubjects.all());
    specs.addAll(nativeSubjects());
    libraries.forEach(this::addLibrary);
  }

  private static List<SubjectSpec> nativeSubjects() {
    return List.of(
        new NativeSubjectSpec(
            "native-null", "one fixed block: the cost of the loop in C", new FixedBlock()),
        new NativeSubjectSpec(GLIBC, "the C library's malloc, called from C", new CLibrary()),
        new NativeSubjectSpec(
            NATIVE_PREFIX + "jemalloc",
            "libjemalloc.so.2 or else LWJGL's, called from C",
            new Library(inUsualFolders("libjemalloc.so.2"), LwjglNatives.JEMALLOC)),
        new NativeSubjectSpec(
            NATIVE_PREFIX + "mimalloc",
            "libmimalloc.so.2 or else LWJGL's, called from C",
            new Library(
                inUsualFolders("libmimalloc.so.2", "libmimalloc.so.2.0", "libmimalloc.so.3"),
                LwjglNatives.MIMALLOC)),
        new NativeSubjectSpec(
            NATIVE_PREFIX + "tcmalloc",
            "libtcmalloc_minimal.so.4, called from C",
            new Library(inUsualFolders("libtcmalloc_minimal.so.4"))),
        new NativeSubjectSpec(
            NATIVE_PREFIX + "rpmalloc",
            "librpmalloc.so, called from C; LWJGL's exports nothing but functions of JNI",
            new Library(inUsualFolders("librpmalloc.so"), LwjglNatives.RPMALLOC)));
  }

  private static List<String> inUsualFolders(String... files) {
    List<String> candidates = new ArrayList<>();
    for (String file : files) {
      LIBRARY_FOLDERS.forEach(folder -> candidates.add(folder + "/" + file));
    }
    return candidates;
  }

  /** In place of the library looked for under that name, if there is one. */
  private void addLibrary(String name, String path) {
    String full = NATIVE_PREFIX + name;
    NativeSubjectSpec spec =
        new NativeSubjectSpec(full, path + ", called from C", new Library(List.of(path)));
    Optional<SubjectSpec> looked = find(full);
    if (looked.isEmpty()) {
      specs.add(spec);
    } else if (looked.get() instanceof NativeSubjectSpec(_, _, Library _)) {
      specs.set(specs.indexOf(looked.get()), spec);
    } else {
      throw new UsageException("--native-lib: " + full + " is no library that can be replaced");
    }
    given.add(full);
  }

  public List<SubjectSpec> all() {
    return List.copyOf(specs);
  }

  /** What is measured unless the command line says otherwise. */
  public List<SubjectSpec> defaults() {
    return specs.stream()
        .filter(spec -> BY_DEFAULT.contains(spec.name()) || given.contains(spec.name()))
        .toList();
  }

  /** The subjects of a list of names; one that does not exist is bad usage. */
  public List<SubjectSpec> select(List<String> names) {
    return names.stream()
        .distinct()
        .map(
            name ->
                find(name)
                    .orElseThrow(
                        () ->
                            new UsageException(
                                "no such subject: '" + name + "'; ./hakmem subjects lists them")))
        .toList();
  }

  private Optional<SubjectSpec> find(String name) {
    return specs.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }
}
