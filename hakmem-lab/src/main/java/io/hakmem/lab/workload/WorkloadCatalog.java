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
            ProducerConsumer::parse),
        new WorkloadType(
            BurstIdle.NAME,
            BurstIdle.USAGE,
            "allocate, write and free a burst, of one size or of recorded programs' sizes; how much"
                + " memory stays",
            BurstIdle::parse),
        new WorkloadType(
            KeepOneIn20.NAME,
            KeepOneIn20.USAGE,
            "allocate and write many blocks, free all but one in 20; how much memory comes back",
            KeepOneIn20::parse));
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

  /** The same for a child process, which reads traces in packed form. */
  public static Workload parseInChild(String name, List<String> arguments) {
    return switch (name) {
      case TraceReplay.NAME -> TraceReplay.ofPacked(Path.of(arguments.getFirst()));
      case BurstIdle.NAME -> BurstIdle.parseInChild(arguments);
      default -> parse(name, arguments);
    };
  }
}
