// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.HakmemConfig;
import io.hakmem.lab.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;

/** Makes arms of what was asked for; the first one is the baseline. */
public final class Arms {
  private static final int MAX_ARMS = 16;
  private static final String MAIN_CLASS = "io/hakmem/Hakmem.class";

  private Arms() {}

  /**
   * Every combination of the values; what cannot be is bad usage.
   *
   * @param sets of the form KEY=A,B,…; a key is a knob's environment variable or property
   * @param jars builds of the allocator; none for the one at hand
   */
  public static List<Arm> of(List<String> sets, List<String> jars) {
    List<Arm> arms = List.of(Arm.PLAIN);
    for (String set : sets) {
      arms = product(arms, values(set));
    }
    if (!jars.isEmpty()) {
      arms = product(arms, builds(jars));
    }
    if (arms.size() < 2) {
      throw new UsageException(
          "nothing to compare: give --set KEY=A,B with a key of ./hakmem knobs, or --jar"
              + " A.jar,B.jar");
    }
    if (arms.size() > MAX_ARMS) {
      throw new UsageException(arms.size() + " combinations; at most " + MAX_ARMS + " can be run");
    }
    return arms;
  }

  private static List<Arm> product(List<Arm> arms, List<Arm> values) {
    List<Arm> all = new ArrayList<>();
    for (Arm arm : arms) {
      values.forEach(value -> all.add(arm.and(value)));
    }
    return List.copyOf(all);
  }

  private static List<Arm> values(String set) {
    int equals = set.indexOf('=');
    if (equals < 1) {
      throw new UsageException("--set wants KEY=A,B, not '" + set + "'");
    }
    HakmemConfig.Knob knob = knob(set.substring(0, equals));
    Set<String> seen = new TreeSet<>();
    List<Arm> arms = new ArrayList<>();
    for (String value : set.substring(equals + 1).split(",", -1)) {
      if (!seen.add(value)) {
        throw new UsageException("--set " + set + ": twice " + value);
      }
      arms.add(setting(knob, value));
    }
    if (arms.size() < 2) {
      throw new UsageException(
          "--set " + set + ": wants two values at least, the first one the baseline");
    }
    return arms;
  }

  /** The arm with one knob set. */
  public static Arm setting(HakmemConfig.Knob knob, String value) {
    check(knob, value);
    return new Arm(
        knob.environment() + "=" + value, List.of("-D" + knob.property() + "=" + value), List.of());
  }

  private static HakmemConfig.Knob knob(String key) {
    return HakmemConfig.knobs().stream()
        .filter(knob -> key.equals(knob.environment()) || key.equals(knob.property()))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--set: no such knob: '" + key + "'; ./hakmem knobs lists them"));
  }

  /** Asks the one parser of values there is, which reads properties. */
  private static void check(HakmemConfig.Knob knob, String value) {
    String before = System.getProperty(knob.property());
    try {
      System.setProperty(knob.property(), value);
      HakmemConfig.fromEnvironment();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set: " + e.getMessage());
    } finally {
      if (before == null) {
        System.clearProperty(knob.property());
      } else {
        System.setProperty(knob.property(), before);
      }
    }
  }

  private static List<Arm> builds(List<String> jars) {
    if (jars.size() < 2) {
      throw new UsageException("--jar wants two builds at least, the first one the baseline");
    }
    List<Arm> arms = new ArrayList<>();
    for (String jar : jars) {
      Path file = Path.of(jar);
      try (JarFile opened = new JarFile(file.toFile())) {
        if (opened.getEntry(MAIN_CLASS) == null) {
          throw new UsageException(
              "--jar: " + jar + " has no " + MAIN_CLASS + "; give builds of hakmem-core");
        }
      } catch (IOException e) {
        throw new UsageException("--jar: cannot read " + jar + ": " + e.getMessage());
      }
      arms.add(new Arm(jar, List.of(), List.of(file.toAbsolutePath())));
    }
    return arms;
  }
}
