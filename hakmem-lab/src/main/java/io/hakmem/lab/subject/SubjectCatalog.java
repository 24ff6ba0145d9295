// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.NativeSubjectSpec.CLibrary;
import io.hakmem.lab.subject.NativeSubjectSpec.FixedBlock;
import io.hakmem.lab.subject.NativeSubjectSpec.Library;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  private static final List<String> NOT_BY_DEFAULT =
      List.of(
          "hakmem-unchecked",
          "hakmem-handle-unchecked",
          PLANTED,
          UNPURGED,
          "hakmem-arena",
          "hakmem-heap",
          "jvm-arena-shared");

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

  /** The catalogue with a subject native-NAME for each library of the map, NAME to path. */
  public SubjectCatalog(Map<String, String> libraries) {
    specs.addAll(jvmSubjects());
    specs.addAll(nativeSubjects());
    libraries.forEach(this::addLibrary);
  }

  private static List<SubjectSpec> jvmSubjects() {
    String unchecked = " without the checks of free's argument; lab only, no such build exists";
    return List.of(
        new JvmSubjectSpec(HAKMEM, "hakmem by its static calls", HakmemSubject.class),
        new JvmSubjectSpec(
            "hakmem-handle", "hakmem by the thread's own handle", HakmemHandleSubject.class),
        new JvmSubjectSpec(
                "hakmem-unchecked", "hakmem by static calls" + unchecked, HakmemSubject.class)
            .asUnchecked(),
        new JvmSubjectSpec(
                "hakmem-handle-unchecked",
                "hakmem by handle" + unchecked,
                HakmemHandleSubject.class)
            .asUnchecked(),
        new JvmSubjectSpec(
                PLANTED,
                "hakmem that spins " + PLANTED_PERCENT + " % longer: shows what can be found",
                HakmemSubject.class)
            .with(JvmSubjectSpec.BURN_PERCENT, PLANTED_PERCENT),
        new JvmSubjectSpec(
                UNPURGED, "hakmem that gives nothing back in the background", HakmemSubject.class)
            .with("hakmem.purge.delayMillis", -1),
        new JvmSubjectSpec(
                "hakmem-arena", "one HakmemArena.ofConfined a block", HakmemArenaSubject.class)
            .asConfined(),
        new JvmSubjectSpec("hakmem-heap", "one HakmemHeap for all blocks", HakmemHeapSubject.class),
        new JvmSubjectSpec(
                "jvm-null", "one fixed block: the cost of the loop in Java", NullSubject.class)
            .asNull(),
        new JvmSubjectSpec(
            "jvm-malloc",
            "the C library's malloc and free by plain FFM downcalls",
            MallocSubject.class),
        new JvmSubjectSpec(
                "jvm-arena-confined", "one Arena.ofConfined a block", ConfinedArenaSubject.class)
            .asConfined(),
        new JvmSubjectSpec(
            "jvm-arena-shared", "one Arena.ofShared a block", SharedArenaSubject.class));
  }

  private static List<SubjectSpec> nativeSubjects() {
    return List.of(
        new NativeSubjectSpec(
            "native-null", "one fixed block: the cost of the loop in C", new FixedBlock()),
        new NativeSubjectSpec(GLIBC, "the C library's malloc, called from C", new CLibrary()),
        inUsualFolders("jemalloc", "libjemalloc.so.2"),
        inUsualFolders("mimalloc", "libmimalloc.so.2", "libmimalloc.so.2.0", "libmimalloc.so.3"),
        inUsualFolders("tcmalloc", "libtcmalloc_minimal.so.4"));
  }

  private static NativeSubjectSpec inUsualFolders(String name, String... files) {
    List<String> candidates = new ArrayList<>();
    for (String file : files) {
      LIBRARY_FOLDERS.forEach(folder -> candidates.add(folder + "/" + file));
    }
    return new NativeSubjectSpec(
        NATIVE_PREFIX + name, files[0] + ", called from C", new Library(candidates));
  }

  private void addLibrary(String name, String path) {
    String full = NATIVE_PREFIX + name;
    if (find(full).isPresent()) {
      throw new UsageException("--native-lib: there is a subject " + full + " already");
    }
    specs.add(new NativeSubjectSpec(full, path + ", called from C", new Library(List.of(path))));
  }

  public List<SubjectSpec> all() {
    return List.copyOf(specs);
  }

  /** What is measured unless the command line says otherwise. */
  public List<SubjectSpec> defaults() {
    return specs.stream().filter(spec -> !NOT_BY_DEFAULT.contains(spec.name())).toList();
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
