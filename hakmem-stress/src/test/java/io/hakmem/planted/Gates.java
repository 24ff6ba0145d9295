// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.planted;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs every gate without a fault, where it must pass, and with each fault that it has to catch,
 * where it must fail for the reason that the fault names. Arguments: folder for the outputs, folder
 * of the project, regular expression of the names of faults.
 */
final class Gates {
  /*
   * The spoilt class lies in a folder of its own in front of the class path of a JVM of its own. A gate
   * catches a fault by ending in another way than without it and by naming the reason; a JVM that
   * crashes names none, and one that goes on for ever does not end. A gate is run as its module's tests
   * are, of which the module's build has left class path and flags in target/tests-run.txt.
   */

  private static final int MOST_MINUTES = 2;
  private static final int PASSED = 0;
  private static final int FAILED = 1;
  private static final int NO_END = -1;

  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+?) \\| .*? \\| `(\\w+)` \\|$");
  private static final Pattern BAD_STRESS = Pattern.compile("Failed tests: [1-9]|FAILED|ERROR");

  private final Path folder;
  private final Path project;
  private final String classPath;
  private final Map<String, Boolean> sound = new HashMap<>();
  private int wrong;

  /** How a gate ended, and what it said. */
  private record Ending(int status, String output) {}

  /** How the tests of a module are run. */
  private record TestRun(Path folder, String classPath, List<String> flags) {}

  private Gates(Path folder, Path project) {
    this.folder = folder;
    this.project = project;
    classPath = System.getProperty("java.class.path");
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path project = Path.of(arguments[1]);
    checkTable(Files.readString(project.resolve("docs", "planted.md")));
    List<Fault> chosen =
        Fault.ALL.stream().filter(each -> each.name().matches(arguments[2])).toList();
    if (chosen.isEmpty()) {
      System.err.println("planted.only: no fault has a name like " + arguments[2]);
      System.exit(2);
    }
    Gates gates = new Gates(Path.of(arguments[0]), project);
    for (Fault fault : chosen) {
      gates.judge(fault);
    }
    System.out.println(gates.wrong == 0 ? "all faults were caught" : gates.wrong + " were not");
    System.exit(gates.wrong == 0 ? 0 : 1);
  }

  private static void checkTable(String table) {
    TreeSet<String> documented = new TreeSet<>();
    ROW.matcher(table).results().forEach(row -> documented.add(row.group(1) + ": " + row.group(2)));
    TreeSet<String> planted = new TreeSet<>();
    for (Fault fault : Fault.ALL) {
      planted.add(fault.name() + ": " + fault.gate().replaceFirst(".*\\.", ""));
    }
    if (!documented.equals(planted)) {
      TreeSet<String> both = new TreeSet<>(documented);
      both.retainAll(planted);
      documented.removeAll(both);
      planted.removeAll(both);
      throw new IllegalStateException("only documented " + documented + ", only here " + planted);
    }
  }

  private void judge(Fault fault) throws IOException, InterruptedException {
    if (!isSound(fault)) {
      report(fault, "fails without any fault", true);
      return;
    }
    Ending ending = run(fault, "with-" + nameOf(fault), plant(fault) + File.pathSeparator);
    boolean failed = ending.status != PASSED && ending.status != NO_END;
    boolean named = Pattern.compile(fault.reason()).matcher(ending.output).find();
    String what =
        failed
            ? named ? "caught it" : "failed for another reason"
            : ending.status == PASSED ? "saw nothing" : "goes on for ever";
    report(fault, what, !failed || !named);
  }

  private boolean isSound(Fault fault) throws IOException, InterruptedException {
    Boolean known = sound.get(fault.gate());
    if (known == null) {
      known = run(fault, "without", "").status == PASSED;
      sound.put(fault.gate(), known);
    }
    return known;
  }

  private TestRun testRunOf(String name) throws IOException {
    Path module = project.resolve(name).toAbsolutePath().normalize();
    String run = Files.readString(module.resolve("target", "tests-run.txt"));
    int end = run.indexOf('\n');
    List<String> flags = List.of(run.substring(end).strip().split("\\s+"));
    return new TestRun(module, run.substring(0, end).strip(), flags);
  }

  private void report(Fault fault, String what, boolean isWrong) {
    System.out.printf("%-42s %-37s %s%n", fault.name(), fault.gate(), what);
    wrong += isWrong ? 1 : 0;
  }

  private static String nameOf(Fault fault) {
    return fault.name().replaceAll("[^a-z]+", "-");
  }

  private Path plant(Fault fault) throws IOException {
    Path classes = folder.resolve(nameOf(fault));
    String file = fault.typeName().replace('.', '/') + ".class";
    Path source = project.resolve(fault.module(), "target", "classes", file);
    Path target = classes.resolve(file);
    Files.createDirectories(Objects.requireNonNull(target.getParent()));
    Files.write(target, Edit.spoil(Files.readAllBytes(source), fault.method(), fault.edit()));
    return classes.toAbsolutePath();
  }

  /** Runs the gate of a fault with something in front of its class path. */
  private Ending run(Fault fault, String name, String planted)
      throws IOException, InterruptedException {
    TestRun tests = testRunOf(fault.moduleOfGate());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(tests.flags);
    command.add("-Dhakmem.test.deadlineSeconds=20"); // several waits fit into MOST_MINUTES
    // Last what GateRun needs and the module may have in another version.
    String path = planted + tests.classPath + File.pathSeparator + classPath;
    command.add("-cp");
    command.add(
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(path)
            .distinct() // jcstress would run twice what it finds twice
            .collect(Collectors.joining(File.pathSeparator)));
    command.addAll(
        fault.isForJcstress()
            ? List.of(
                "org.openjdk.jcstress.Main",
                "-jvmArgsPrepend",
                "--enable-native-access=ALL-UNNAMED",
                "-m",
                "sanity",
                "-iters",
                "2",
                "-time",
                "500",
                "-sc",
                "false",
                "-t",
                fault.gate())
            : List.of(GateRun.class.getName(), "io.hakmem." + fault.gate()));
    Files.createDirectories(folder);
    Path output = folder.resolve(fault.gate() + "-" + name + ".txt");
    // Tests look for files of the project from their module on.
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory((fault.isForJcstress() ? folder : tests.folder).toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // Ignite's nodes would leave their files there; they take no system property for it.
    String ignored =
        builder
            .environment()
            .put("IGNITE_WORK_DIR", folder.resolve("ignite").toAbsolutePath().toString());
    Process process = builder.start();
    if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      return new Ending(NO_END, "");
    }
    String said = Files.readString(output, StandardCharsets.UTF_8);
    int status = process.exitValue();
    boolean bad = fault.isForJcstress() && BAD_STRESS.matcher(said).find();
    return new Ending(bad && status == PASSED ? FAILED : status, said);
  }
}
