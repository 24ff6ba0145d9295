// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.watch.Sampler;
import io.hakmem.lab.watch.ViewServer;
import io.hakmem.lab.watch.WatchFailure;
import io.hakmem.lab.watch.WatchedJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hakmem view}. */
@Command(
    name = "view",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Watches another JVM's hakmem in the browser.",
      "Serves a page to browsers of this machine: a heat map of its superslabs, its size classes,"
          + " its memory over time, its knobs. Nothing can be changed by it. Ends with that JVM, or"
          + " by Ctrl-C (docs/monitoring.md)."
    })
final class ViewCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private WatchOptions options = new WatchOptions();

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of 127.0.0.1; 0, the default, for any free one.")
  private int port;

  ViewCommand() {}

  @Override
  public Integer call() throws IOException, WatchFailure {
    if (port < 0 || port > MAX_PORT) {
      throw new UsageException("--port: " + port + " is not in 0 to " + MAX_PORT);
    }
    options.interval();
    try (ViewServer server = ViewServer.open(port);
        WatchedJvm jvm = WatchedJvm.attach(options.pid())) {
      server.start(jvm.facts(), options.interval());
      try (Sampler sampler = new Sampler(jvm, options.interval(), server::add)) {
        say("JVM " + options.pid() + " at " + server.address() + " until it ends, or Ctrl-C");
        sampler.awaitEnd();
        sampler.check();
      }
    }
    say("JVM " + options.pid() + " ended");
    return Main.OK;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
