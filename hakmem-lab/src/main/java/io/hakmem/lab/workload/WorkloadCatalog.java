// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.nio.file.Path;
import java.util.List;

/** Every workload there is. */
public final class WorkloadCatalog {
  private WorkloadCatalog() {}

  /** The workloads that {@code bench} takes. */
  public static List<WorkloadType> all() {
    return List.of(
        new WorkloadType(
            RandomMixed.NAME,
            RandomMixed.USAGE,
            "the original's benchmark: free a filled slot, else allocate 16..1039 B; first byte"
                + " touched",
            RandomMixed::parse),
        new WorkloadType(
            Pair.NAME,
            Pair.USAGE,
            "allocate and free one block, untouched; an op is a pair",
            Pair::parse),
        new WorkloadType(
            ProducerConsumer.NAME,
            ProducerConsumer.USAGE,
            "one thread allocates 16..527 B, another frees, in batches; an op is allocate and free",
            ProducerConsumer::parse));
  }

  /** Makes a workload from its name and arguments; what cannot be is bad usage. */
  public static Workload parse(String name, List<String> arguments) {
    return all().stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "no such workload: '" + name + "'; ./hakmem workloads lists them"))
        .parser()
        .apply(arguments);
  }

  /** The same for a child process, which also replays packed traces. */
  public static Workload parseInChild(String name, List<String> arguments) {
    return name.equals(TraceReplay.NAME)
        ? TraceReplay.ofPacked(Path.of(arguments.getFirst()))
        : parse(name, arguments);
  }
}
