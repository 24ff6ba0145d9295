// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.run.NativePrograms.Variant;
import io.hakmem.lab.subject.NativeSubjectSpec;
import io.hakmem.lab.subject.NativeSubjectSpec.CLibrary;
import io.hakmem.lab.subject.NativeSubjectSpec.FixedBlock;
import io.hakmem.lab.subject.NativeSubjectSpec.Library;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts native children, and finds out first whether the library under test is really in them. */
final class NativeLaunchers {
  /*
   * A library that exports malloc is preloaded and the program calls malloc as every program does.
   * One that exports it under a prefix only is called through pointers. Which it is, the program
   * itself says: it looks where its own malloc comes from.
   */

  private static final String IDENTIFY = "identify";

  private final NativePrograms programs = new NativePrograms();
  private final ChildProcess processes = new ChildProcess(Duration.ofSeconds(30));

  Launcher launcher(NativeSubjectSpec spec) throws UnavailableException {
    return switch (spec.source()) {
      case CLibrary _ -> launcher(Variant.DIRECT, List.of(), Map.of());
      case FixedBlock _ -> launcher(Variant.POINTERS, List.of("--library", "null", ""), Map.of());
      case Library library -> launcher(existing(library));
    };
  }

  private static Path existing(Library library) throws UnavailableException {
    for (String candidate : library.candidates()) {
      Path path = Path.of(candidate).toAbsolutePath();
      if (Files.isRegularFile(path)) {
        return path;
      }
    }
    if (library.inJar().isPresent()) {
      return UnpackedNatives.unpack(library.inJar().get());
    }
    throw new UnavailableException("library not found: " + missing(library));
  }

  private static String missing(Library library) {
    String first = library.candidates().getFirst();
    return library.candidates().size() == 1 ? first : Path.of(first).getFileName().toString();
  }

  private Launcher launcher(Path library) throws UnavailableException {
    Map<String, String> preload = Map.of(ChildProcess.PRELOAD, library.toString());
    if (isHomeOfMalloc(library, preload)) {
      return launcher(Variant.DIRECT, List.of(), preload);
    }
    String prefix = identify(List.of(library.toString()), Map.of()).get("prefix");
    if (prefix == null) {
      throw new UnavailableException(
          library.getFileName()
              + " exports no malloc, not under the names of a known allocator either;"
              + " --native-lib may name another");
    }
    return launcher(Variant.POINTERS, List.of("--library", library.toString(), prefix), Map.of());
  }

  private boolean isHomeOfMalloc(Path library, Map<String, String> preload)
      throws UnavailableException {
    String home = identify(List.of(), preload).get("malloc");
    try {
      return home != null && Files.isSameFile(Path.of(home), library);
    } catch (IOException e) {
      throw new UnavailableException("cannot read " + library + ": " + e.getMessage());
    }
  }

  private Map<String, String> identify(List<String> arguments, Map<String, String> environment)
      throws UnavailableException {
    List<String> words = new ArrayList<>();
    words.add(programs.program(Variant.DIRECT).toString());
    words.add(IDENTIFY);
    words.addAll(arguments);
    try {
      return processes.results(new Command(words, environment));
    } catch (RunFailure e) {
      throw new UnavailableException("does not load: " + e.reason());
    }
  }

  private Launcher launcher(Variant timed, List<String> options, Map<String, String> environment)
      throws UnavailableException {
    Path timedProgram = programs.program(timed);
    Map<String, Path> others =
        Map.of(
            Request.MEMORY, programs.program(Variant.PROBE),
            Request.LATENCY, programs.program(Variant.LATENCY));
    return request -> {
      List<String> words = new ArrayList<>();
      words.add(others.getOrDefault(request.words().getFirst(), timedProgram).toString());
      words.addAll(options);
      words.addAll(request.words());
      return new Command(words, environment);
    };
  }
}
