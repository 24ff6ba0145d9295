// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that all measuring commands share. */
final class MeasureOptions {
  @Option(
      names = "--subjects",
      paramLabel = "A,B,...",
      split = ",",
      description = "What to measure; default: all that ./hakmem subjects marks so.")
  private List<String> subjects = new ArrayList<>();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Timed runs of each subject, one process each (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Mixin private JvmFlagsOption jvm = new JvmFlagsOption();

  @Option(
      names = "--collections",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Full garbage collections of JVM subjects between the untimed and the timed pass"
              + " (default: ${DEFAULT-VALUE}); native subjects have none.")
  private int collections;

  @Mixin private NativeLibraryOption libraries = new NativeLibraryOption();

  @Mixin private JsonOption json = new JsonOption();

  MeasureOptions() {}

  /** The subjects to measure. */
  List<SubjectSpec> subjects() {
    SubjectCatalog catalog = libraries.catalog();
    return subjects.isEmpty() ? catalog.defaults() : catalog.select(subjects);
  }

  int runs() {
    if (runs < 1) {
      throw new UsageException("--runs must be at least 1, not " + runs);
    }
    return runs;
  }

  JvmOptions jvmOptions() {
    if (collections < 0) {
      throw new UsageException("--collections must be at least 0, not " + collections);
    }
    return new JvmOptions(jvm.flags(), collections);
  }

  JsonOption json() {
    return json;
  }

  /** {@code --jvm}, also of the command that looks into the heap. */
  static final class JvmFlagsOption {
    @Option(
        names = "--jvm",
        paramLabel = "ARGS",
        description = "Flags for the JVM subjects, separated by spaces; may be repeated.")
    private List<String> jvm = new ArrayList<>();

    JvmFlagsOption() {}

    List<String> flags() {
      return jvm.stream()
          .flatMap(several -> List.of(several.strip().split("\\s+", -1)).stream())
          .filter(flag -> !flag.isEmpty())
          .toList();
    }
  }

  /** {@code --native-lib}, also of the command that lists subjects. */
  static final class NativeLibraryOption {
    @Option(
        names = "--native-lib",
        paramLabel = "NAME=PATH.so",
        description = "Adds (or replaces) native-NAME by a malloc library; may be repeated.")
    private List<String> libraries = new ArrayList<>();

    NativeLibraryOption() {}

    /** As on the command line. */
    List<String> words() {
      return libraries;
    }

    SubjectCatalog catalog() {
      Map<String, String> byName = new LinkedHashMap<>();
      for (String library : libraries) {
        int equals = library.indexOf('=');
        if (equals < 1 || equals == library.length() - 1) {
          throw new UsageException("--native-lib wants NAME=PATH.so, not '" + library + "'");
        }
        if (byName.put(library.substring(0, equals), library.substring(equals + 1)) != null) {
          throw new UsageException("--native-lib: twice " + library.substring(0, equals));
        }
      }
      return new SubjectCatalog(byName);
    }
  }
}
