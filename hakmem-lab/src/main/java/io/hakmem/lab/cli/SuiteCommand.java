// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import io.hakmem.lab.suite.SuitePlan;
import io.hakmem.lab.suite.SuiteReport;
import io.hakmem.lab.suite.SuiteText;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem suite}. */
@Command(
    name = "suite",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Measures all workloads and sums up: hakmem against everybody, time and memory, as"
          + " geometric means, in about an hour.",
      "Other ways of the JVM run six workloads; hakmem-planted, a fifth slower on purpose, those"
          + " that are mostly the allocator's: if it is not found, the suite fails."
    })
final class SuiteCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Option(
      names = "--quick",
      description = "Ten workloads, seven subjects, three short runs of each: up to five minutes.")
  private boolean quick;

  @Option(
      names = "--subjects",
      paramLabel = "A,B,...",
      split = ",",
      description = "What to measure instead, on every workload.")
  private List<String> subjects = new ArrayList<>();

  @Mixin private MeasureOptions.JvmFlagsOption jvm = new MeasureOptions.JvmFlagsOption();

  @Mixin
  private MeasureOptions.NativeLibraryOption libraries = new MeasureOptions.NativeLibraryOption();

  @Mixin private JsonOption json = new JsonOption();

  @Mixin private SuiteFiles files = new SuiteFiles();

  SuiteCommand() {}

  @Override
  public Integer call() throws IOException {
    SubjectCatalog catalog = libraries.catalog();
    List<SubjectSpec> chosen = catalog.select(subjects);
    json.check();
    files.check();
    ProgressLine progress = new ProgressLine(spec.commandLine().getErr());
    JvmOptions options =
        new JvmOptions(jvm.flags(), 0)
            .warmedUp(SuitePlan.UNTIMED_MILLIS, SuitePlan.MOST_UNTIMED_MILLIS);
    Measurer measurer = new Measurer(options, progress);
    SuitePlan plan = quick ? SuitePlan.quick() : SuitePlan.full();
    SuiteReport report =
        new SuiteRun(plan, measurer, progress)
            .run(command(), line -> plan.subjects(line, catalog, chosen), this::write);
    return finish(report);
  }

  /** Prints and writes the report; the exit status says whether the suite can be trusted. */
  int finish(SuiteReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(SuiteText.of(report));
    out.flush();
    write(report);
    PrintWriter err = spec.commandLine().getErr();
    report.faults().forEach(fault -> err.println("hakmem: the suite fails: " + fault));
    err.flush();
    return report.faults().isEmpty() ? Main.OK : Main.FAILED;
  }

  private void write(SuiteReport report) throws IOException {
    json.write(report);
    files.write(report);
  }

  /** What repeats it; files that it writes are nobody's business. */
  private String command() {
    StringBuilder words = new StringBuilder("./hakmem suite");
    if (quick) {
      words.append(" --quick");
    }
    if (!subjects.isEmpty()) {
      words.append(" --subjects ").append(String.join(",", subjects));
    }
    libraries.words().forEach(library -> words.append(" --native-lib ").append(library));
    if (!jvm.flags().isEmpty()) {
      words.append(" --jvm '").append(String.join(" ", jvm.flags())).append('\'');
    }
    return words.toString();
  }
}
