// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.subject.JvmSubjectSpec;
import io.hakmem.lab.subject.JvmSubjectSpec.Trait;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts JVM children: the same JDK and class path as this process. */
final class JvmLaunchers {
  /** The only flag of our own; the rest is the JDK's default, or the user's. */
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private final JvmOptions options;

  JvmLaunchers(JvmOptions options) {
    this.options = options;
  }

  /** A program of ours. */
  Command command(Class<?> program, List<String> arguments) {
    List<String> words = java();
    words.addAll(List.of("-cp", classPath(), program.getName()));
    words.addAll(arguments);
    return new Command(words);
  }

  private List<String> java() {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add(NATIVE_ACCESS);
    words.addAll(options.arguments());
    return words;
  }

  Launcher launcher(JvmSubjectSpec spec) throws UnavailableException {
    for (String library : spec.natives()) {
      UnpackedNatives.require(library); // LWJGL unpacks it itself
    }
    String classPath = classPath();
    if (spec.is(Trait.UNCHECKED)) {
      classPath = uncheckedClasses() + File.pathSeparator + classPath;
    }
    List<String> start = java();
    start.addAll(spec.flags());
    start.addAll(List.of("-cp", classPath, JvmChild.class.getName()));
    start.addAll(
        List.of(
            spec.className(),
            "" + options.collections(),
            "" + options.untimedMillis(),
            "" + options.mostUntimedMillis()));
    return request -> {
      List<String> words = new ArrayList<>(start);
      words.addAll(request.words());
      return new Command(words);
    };
  }

  private String classPath() {
    StringBuilder path = new StringBuilder();
    options.classes().forEach(each -> path.append(each).append(File.pathSeparator));
    return path.append(System.getProperty("java.class.path")).toString();
  }

  private static Path uncheckedClasses() throws UnavailableException {
    try {
      return UncheckedClasses.write();
    } catch (IOException e) {
      throw new UnavailableException("cannot write the class without checks: " + e.getMessage());
    }
  }
}
