// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.HakmemConfig;
import io.hakmem.lab.UsageException;
import io.hakmem.lab.report.Listing;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hakmem knobs}. */
@Command(
    name = "knobs",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description =
        "Lists hakmem's knobs: system property, environment variable, value in force, default,"
            + " unit, range.")
final class KnobsCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private JsonOption json = new JsonOption();

  KnobsCommand() {}

  @Override
  public Integer call() throws IOException {
    json.check();
    HakmemConfig effective = effective();
    Listing listing =
        new Listing("property", "environment", "value", "default", "unit", "range", "meaning");
    for (HakmemConfig.Knob knob : HakmemConfig.knobs()) {
      listing.add(
          knob.property(),
          knob.environment(),
          effective.text(knob),
          HakmemConfig.DEFAULT.text(knob),
          knob.unit(),
          knob.range(),
          knob.meaning());
    }
    spec.commandLine().getOut().print(listing.format());
    spec.commandLine().getOut().flush();
    json.write("knobs", listing);
    return Main.OK;
  }

  /** A knob with a bad value is the user's to correct. */
  private static HakmemConfig effective() {
    try {
      return HakmemConfig.fromEnvironment();
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }
}
