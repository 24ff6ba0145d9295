// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.ShutdownHook;
import io.hakmem.lab.run.SubjectSamples.Timed;
import io.hakmem.lab.workload.Workload;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A JVM with several allocators in it, which run a workload when they are told to. */
public final class InProcess implements AutoCloseable {
  private final Process process;
  private final BufferedWriter orders;
  private final BufferedReader answers;
  private final Duration limit;
  private final ShutdownHook killer;

  private InProcess(Process process, Duration limit) {
    this.process = process;
    this.limit = limit;
    orders = process.outputWriter();
    answers = process.inputReader();
    killer = new ShutdownHook(process::destroyForcibly); // our own end must not leave it behind
  }

  /** Starts it, with no allocator yet. */
  public static InProcess start(Workload workload, JvmOptions options, Duration limit) {
    List<String> words = new ArrayList<>(List.of(workload.name()));
    words.addAll(workload.childArguments());
    Command command = new JvmLaunchers(options).command(InProcessChild.class, words);
    ProcessBuilder builder =
        new ProcessBuilder(command.words()).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().remove(ChildProcess.PRELOAD);
    try {
      return new InProcess(builder.start(), limit);
    } catch (IOException e) {
      throw new IllegalStateException("cannot start a JVM: " + e.getMessage(), e);
    }
  }

  /**
   * Makes an allocator and warms it up; the first one is number 0.
   *
   * @param flags that set properties
   * @param classes jars whose classes take the place of ours
   */
  public void open(List<String> flags, List<Path> classes, int untimedMillis) throws RunFailure {
    List<String> words = new ArrayList<>(List.of(InProcessChild.OPEN, "" + untimedMillis));
    words.add(String.join(File.pathSeparator, classes.stream().map(Path::toString).toList()));
    words.addAll(flags);
    String answer = ask(String.join("\t", words));
    if (!answer.equals(InProcessChild.READY)) {
      throw new RunFailure(answer);
    }
  }

  /** Passes of an allocator for at least that long. */
  public Timed run(int allocator, int millis) throws RunFailure {
    String answer = ask(String.join("\t", InProcessChild.RUN, "" + allocator, "" + millis));
    if (!answer.startsWith(JvmChild.RESULT)) {
      throw new RunFailure(answer);
    }
    return TimedRun.of(ChildProcess.pairs(answer));
  }

  private String ask(String order) throws RunFailure {
    AtomicBoolean late = new AtomicBoolean();
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(
            () -> {
              late.set(true); // first: the end of its output is seen before destroy returns
              process.destroyForcibly();
            },
            CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
    try {
      orders.write(order);
      orders.newLine();
      orders.flush();
      String answer = answers.readLine();
      if (answer != null) {
        return answer;
      }
    } catch (IOException e) {
      // It is gone; why is said below.
    } finally {
      end.cancel(false);
    }
    throw new RunFailure(
        late.get()
            ? "no answer within " + limit.toSeconds() + " s"
            : "the JVM of all arms is gone");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    killer.close();
  }
}
