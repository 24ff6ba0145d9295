// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or rewrites the form of every Java source of the project; run by the build as {@code java
 * .ci/Format.java google-java-format.jar check|write} from the project's root.
 */
final class Format {
  private static final Path ROOT = Path.of("").toAbsolutePath();

  private Format() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    boolean write = args[1].equals("write");
    List<String> sources = sources();
    if (run(args[0], write, sources) == 0) {
      return;
    }
    System.err.printf(
        write
            ? "The files named above do not parse.%n"
            : "The files named above are not formatted (or do not parse). To format them:"
                + " mvn -Pformat validate%n");
    System.exit(1);
  }

  private static List<String> sources() throws IOException {
    List<String> sources = new ArrayList<>();
    try (Stream<Path> modules = Files.list(ROOT)) {
      for (Path directory : modules.sorted().toList()) {
        String name = directory.getFileName().toString();
        if (name.equals(".ci") || Files.isDirectory(directory.resolve("src"))) {
          addSources(name.equals(".ci") ? directory : directory.resolve("src"), sources);
        }
      }
    }
    return sources;
  }

  private static void addSources(Path directory, List<String> sources) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> ROOT.relativize(file).toString())
          .sorted()
          .forEach(sources::add);
    }
  }

  /** A process of its own: the jar's manifest opens the compiler's packages to the formatter. */
  private static int run(String jar, boolean write, List<String> sources)
      throws IOException, InterruptedException {
    Path list = Files.createTempFile("hakmem-sources", ".txt");
    try {
      Files.write(list, sources);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-jar", jar));
      command.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
      command.add("@" + list);
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } finally {
      Files.delete(list);
    }
  }
}
