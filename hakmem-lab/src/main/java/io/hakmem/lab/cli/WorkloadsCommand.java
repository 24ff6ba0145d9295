// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.report.Listing;
import io.hakmem.lab.workload.WorkloadCatalog;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hakmem workloads}. */
@Command(
    name = "workloads",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Lists the workloads of bench with their arguments and defaults.")
final class WorkloadsCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private JsonOption json = new JsonOption();

  WorkloadsCommand() {}

  @Override
  public Integer call() throws IOException {
    json.check();
    Listing listing = new Listing("workload", "args", "description");
    WorkloadCatalog.all()
        .forEach(type -> listing.add(type.name(), type.fullUsage(), type.description()));
    spec.commandLine().getOut().print(listing.format());
    spec.commandLine().getOut().flush();
    json.write("workloads", listing);
    return Main.OK;
  }
}
