// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hakmem}: finds the command and turns its outcome into an exit status. */
@Command(
    name = "hakmem",
    description = "An off-heap memory allocator for the JVM, and its laboratory.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      BenchCommand.class,
      ReplayCommand.class,
      SuiteCommand.class,
      StatsCommand.class,
      JmhCommand.class,
      AbCommand.class,
      ProfileCommand.class,
      TuneCommand.class,
      SeedReportCommand.class,
      RecordCommand.class,
      LeaksCommand.class,
      TopCommand.class,
      ViewCommand.class,
      WorkloadsCommand.class,
      SubjectsCommand.class,
      KnobsCommand.class
    })
public final class Main implements Runnable {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_USAGE = 2;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  Main() {}

  /** Runs the command and exits with its status. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(badUsage())
        .setExecutionExceptionHandler(failure());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given; see ./hakmem --help");
  }

  private static IParameterExceptionHandler badUsage() {
    return (exception, arguments) -> {
      say(exception.getCommandLine(), exception);
      return BAD_USAGE;
    };
  }

  private static IExecutionExceptionHandler failure() {
    return (exception, commandLine, parsed) -> {
      say(commandLine, exception);
      return exception instanceof UsageException ? BAD_USAGE : FAILED;
    };
  }

  private static void say(CommandLine commandLine, Exception exception) {
    String message = Objects.requireNonNullElse(exception.getMessage(), exception.toString());
    PrintWriter err = commandLine.getErr();
    err.println("hakmem: " + message.replace('\n', ' '));
    err.flush();
  }
}
