// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents name is there: files, classes, members, packages, knobs, whole samples. */
final class DocumentsTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> AT_THE_TOP =
      List.of("README.md", "ARCHITECTURE.md", "DECISIONS.md", "CONTRIBUTING.md", "SECURITY.md");

  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern SAMPLE =
      Pattern.compile("(?ms)^```java\n// (\\S+\\.java)\n(.*?)^```");
  private static final Pattern BACKTICKS = Pattern.compile("`([^`\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)[^)]*\\)");
  private static final Pattern FILE =
      Pattern.compile("[\\w./*-]*\\w\\.(java|md|c|xml|gz|txt|yml|json|html)|\\./\\w+|\\.ci/\\w+");
  private static final Pattern TYPE =
      Pattern.compile("([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:[.#](\\w+)(?:\\([^)]*\\))?)?");
  private static final Pattern PACKAGE = Pattern.compile("io\\.hakmem(?:\\.[a-z]+)*");
  private static final Pattern VARIABLE = Pattern.compile("\\bHAKMEM_[A-Z_]+\\b");
  private static final Pattern PROPERTY = Pattern.compile("hakmem\\.[a-z]+(?:\\.?[a-zA-Z]+)*");

  private final List<String> files = files();
  private final List<String> findings = new ArrayList<>();

  private static List<String> files() {
    List<String> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes ignored) {
              String name = String.valueOf(folder.getFileName());
              return name.equals("target") || name.equals(".git")
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes ignored) {
              found.add("/" + ROOT.relativize(file));
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return found;
  }

  private List<String> documents() {
    List<String> names = new ArrayList<>(AT_THE_TOP);
    files.stream()
        .filter(file -> file.matches("/docs/[^/]+\\.md"))
        .forEach(file -> names.add(file.substring(1)));
    return names;
  }

  private static String whole(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(String document) {
    return CODE_BLOCK.matcher(whole(document)).replaceAll("");
  }

  private static List<String> matches(Pattern pattern, String text) {
    List<String> found = new ArrayList<>();
    for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
      found.add(matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
    }
    return found;
  }

  private void report() {
    assertEquals("", String.join("\n", findings));
  }

  @Test
  void linksAndFileNames_leadToFiles() {
    for (String document : documents()) {
      for (String link : matches(LINK, text(document))) {
        if (!link.contains(":") && !Files.exists(ROOT.resolve(document).resolveSibling(link))) {
          findings.add(document + " links to " + link);
        }
      }
      for (String name : matches(BACKTICKS, text(document))) {
        boolean made = name.contains("target/") || name.contains("*") || name.startsWith("../");
        if (FILE.matcher(name).matches() && !made && !isFile(name)) {
          findings.add(document + " names the file " + name);
        }
      }
    }
    report();
  }

  private boolean isFile(String name) {
    String path = name.startsWith("./") ? name.substring(1) : "/" + name;
    return files.stream().anyMatch(file -> file.endsWith(path));
  }

  /** Samples are compiled and run where they are; the pages must show just that. */
  @Test
  void samples_areTheFilesThatTheyName() {
    int samples = 0;
    for (String document : documents()) {
      for (Matcher sample = SAMPLE.matcher(whole(document)); sample.find(); samples++) {
        String file = files.contains("/" + sample.group(1)) ? whole(sample.group(1)) : "";
        if (!file.endsWith("\n\n" + sample.group(2)) || !sample.group(2).startsWith("package ")) {
          findings.add(document + " does not show " + sample.group(1) + " as it is");
        }
      }
    }
    report();
    assertTrue(samples > 0, "no samples found");
  }

  @Test
  void namesOfClasses_areThoseOfClasses() {
    Set<String> known = typesOfTheJdk();
    for (String document : documents()) {
      for (String name : matches(BACKTICKS, text(document))) {
        Matcher type = TYPE.matcher(name);
        if (!type.matches()) {
          continue;
        }
        String source = "/" + type.group(1) + ".java";
        String file = files.stream().filter(each -> each.endsWith(source)).findFirst().orElse("");
        boolean member = type.group(2) != null && !file.isEmpty();
        boolean elsewhere = known.contains(type.group(1)) || isNestedOrImported(type.group(1));
        if (file.isEmpty() && !elsewhere) {
          findings.add(document + " names the class " + name);
        } else if (member && !text(file.substring(1)).contains(type.group(2))) {
          findings.add(document + " names " + name + ", which has no such member");
        }
      }
    }
    report();
  }

  private boolean isNestedOrImported(String type) {
    Pattern declared =
        Pattern.compile(
            "\\b(class|record|enum|interface) " + type + "\\b|\nimport .*\\." + type + ";");
    return files.stream()
        .filter(file -> file.endsWith(".java"))
        .anyMatch(file -> declared.matcher(text(file.substring(1))).find());
  }

  private static Set<String> typesOfTheJdk() {
    Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules");
    Set<String> names = new TreeSet<>();
    for (String module : List.of("java.base", "java.management", "jdk.management", "jdk.jfr")) {
      try (Stream<Path> classes = Files.walk(modules.resolve(module))) {
        names.addAll(
            classes
                .map(path -> String.valueOf(path.getFileName()))
                .filter(name -> name.endsWith(".class"))
                .map(name -> name.replaceFirst("\\.class$", "").replaceFirst(".*\\$", ""))
                .collect(Collectors.toSet()));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return names;
  }

  @Test
  void namesOfPackages_areThoseOfFolders() {
    for (String document : documents()) {
      for (String name : matches(BACKTICKS, text(document))) {
        String folder = "/" + name.replace('.', '/') + "/";
        if (PACKAGE.matcher(name).matches()
            && files.stream().noneMatch(file -> file.contains(folder))) {
          findings.add(document + " names the package " + name);
        }
      }
    }
    report();
  }

  @Test
  void namesOfKnobs_areThoseOfKnobs() {
    List<HakmemConfig.Knob> knobs = HakmemConfig.knobs();
    Set<String> variables =
        knobs.stream().map(HakmemConfig.Knob::environment).collect(Collectors.toSet());
    Set<String> properties =
        knobs.stream().map(HakmemConfig.Knob::property).collect(Collectors.toSet());
    for (String document : documents()) {
      for (String name : matches(VARIABLE, text(document))) {
        if (!variables.contains(name)) {
          findings.add(document + " names the variable " + name);
        }
      }
      for (String name : matches(BACKTICKS, text(document))) {
        boolean ofTests = name.startsWith("hakmem.test.");
        if (PROPERTY.matcher(name).matches() && !properties.contains(name) && !ofTests) {
          findings.add(document + " names the property " + name);
        }
      }
    }
    report();
  }
}
