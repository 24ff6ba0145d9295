// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the benchmarks of this package under JMH with its profiler of garbage. */
public final class Micro {
  private static final Set<String> GARBAGE_FREE =
      Set.of(
          Pair.class.getSimpleName(),
          LookUp.class.getSimpleName(),
          RemoteFree.class.getSimpleName());

  private static final String BYTES_PER_CALL = "gc.alloc.rate.norm";
  private static final int ITERATIONS = 5;

  /**
   * The second one is for JMH, which the JDK would warn of. A heap that was never touched would
   * make those that leave garbage wait for page faults all the time that they are measured.
   */
  private static final String[] JVM_ARGUMENTS = {
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Xms256m",
    "-Xmx256m",
    "-XX:+AlwaysPreTouch"
  };

  private Micro() {}

  /**
   * Runs the benchmarks whose name the pattern finds.
   *
   * @param forks processes of each benchmark
   * @param iterationMillis of each of five measured iterations, and of as many before
   * @param progress gets what JMH says meanwhile, if it is to say anything
   * @throws IllegalArgumentException if there is none
   */
  public static List<MicroResult> run(
      String pattern, int forks, int iterationMillis, PrintStream progress, boolean silent) {
    // JMH runs once at a time on a machine by default; our other commands do not wait either.
    System.setProperty("jmh.ignoreLock", "true");
    TimeValue time = TimeValue.milliseconds(iterationMillis);
    Options options =
        new OptionsBuilder()
            .include("^" + Micro.class.getPackageName() + "\\..*(" + pattern + ")")
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(forks)
            .warmupIterations(ITERATIONS)
            .warmupTime(time)
            .measurementIterations(ITERATIONS)
            .measurementTime(time)
            .addProfiler(GCProfiler.class)
            .jvmArgs(JVM_ARGUMENTS)
            .shouldFailOnError(true)
            .build();
    VerboseMode verbosity = silent ? VerboseMode.SILENT : VerboseMode.NORMAL;
    try {
      Collection<RunResult> results =
          new Runner(options, OutputFormatFactory.createFormatInstance(progress, verbosity)).run();
      return results.stream().map(Micro::result).toList();
    } catch (NoBenchmarksException e) {
      throw new IllegalArgumentException("no such benchmark", e);
    } catch (RunnerException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static MicroResult result(RunResult run) {
    String full = run.getParams().getBenchmark();
    String name = full.substring(Micro.class.getPackageName().length() + 1);
    String size = run.getParams().getParam("size");
    Result<?> time = run.getPrimaryResult();
    Result<?> bytes = run.getSecondaryResults().get(BYTES_PER_CALL);
    return new MicroResult(
        name,
        size == null ? "" : size,
        time.getScore(),
        time.getScoreError(),
        bytes == null ? Double.NaN : bytes.getScore(),
        GARBAGE_FREE.contains(name.substring(0, name.indexOf('.'))));
  }
}
