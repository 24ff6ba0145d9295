// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.ab;

import io.hakmem.lab.run.RunFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import one.convert.Arguments;
import one.convert.FlameGraph;

/** Flame graphs that show where arms spend more of their samples than the baseline, and less. */
public final class FlameDifferences {
  /** Samples an arm. */
  @FunctionalInterface
  public interface Sampler {
    /**
     * The stacks, a line each.
     *
     * @param flameGraph where the arm's own flame graph goes
     */
    String collapsed(Arm arm, Path flameGraph) throws RunFailure;
  }

  private FlameDifferences() {}

  /**
   * Writes a graph for each arm but the first into the folder.
   *
   * @param problems takes a line for each that could not be made
   * @return names of the files by the arms' labels
   */
  public static Map<String, String> write(
      Path folder, List<Arm> arms, Sampler sampler, Consumer<String> problems) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    String baseline = "";
    for (int i = 0; i < arms.size(); i++) {
      Arm arm = arms.get(i);
      try {
        String stacks = sampler.collapsed(arm, folder.resolve("flame-" + i + ".html"));
        if (i == 0) {
          baseline = stacks;
          continue;
        }
        String name = "difference-" + i + ".html";
        String title = arm.label() + " against " + arms.getFirst().label();
        write(folder.resolve(name), baseline, stacks, title);
        files.put(arm.label(), name);
      } catch (RunFailure e) {
        problems.accept("no flame graph of " + arm.label() + ": " + e.reason());
        if (i == 0) {
          return files; // nothing to compare with
        }
      }
    }
    return files;
  }

  static void write(Path file, String before, String after, String title) throws IOException {
    Arguments arguments = new Arguments();
    arguments.title = title.replace('<', ' ').replace('&', ' '); // it becomes part of the page
    FlameGraph baseline = graph(before, arguments);
    FlameGraph arm = graph(after, arguments);
    arm.diff(baseline);
    try (OutputStream out = Files.newOutputStream(file)) {
      arm.dump(out);
    }
  }

  private static FlameGraph graph(String collapsed, Arguments arguments) throws IOException {
    FlameGraph graph = new FlameGraph(arguments);
    graph.parseCollapsed(new StringReader(collapsed));
    return graph;
  }
}
