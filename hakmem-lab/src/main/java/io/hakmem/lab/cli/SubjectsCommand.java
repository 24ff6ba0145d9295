// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.report.Listing;
import io.hakmem.lab.run.JvmOptions;
import io.hakmem.lab.run.Machine;
import io.hakmem.lab.run.UnavailableException;
import io.hakmem.lab.subject.SubjectCatalog;
import io.hakmem.lab.subject.SubjectSpec;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hakmem subjects}. */
@Command(
    name = "subjects",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Lists the subjects, whether they can run on this machine, and which are measured by"
            + " default (*).")
final class SubjectsCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin
  private MeasureOptions.NativeLibraryOption libraries = new MeasureOptions.NativeLibraryOption();

  @Mixin private JsonOption json = new JsonOption();

  SubjectsCommand() {}

  @Override
  public Integer call() throws IOException {
    json.check();
    SubjectCatalog catalog = libraries.catalog();
    Machine machine = new Machine(JvmOptions.NONE);
    Listing listing = new Listing("subject", "default", "available", "description");
    for (SubjectSpec subject : catalog.all()) {
      String marked = catalog.defaults().contains(subject) ? "*" : "";
      listing.add(subject.name(), marked, availability(machine, subject), subject.description());
    }
    spec.commandLine().getOut().print(listing.format());
    spec.commandLine().getOut().flush();
    json.write("subjects", listing);
    return Main.OK;
  }

  private static String availability(Machine machine, SubjectSpec subject) {
    try {
      machine.ready(subject);
      return "yes";
    } catch (UnavailableException e) {
      return "no: " + e.reason();
    }
  }
}
