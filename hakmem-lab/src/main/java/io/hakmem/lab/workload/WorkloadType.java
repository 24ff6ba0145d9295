// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A kind of workload as the command line offers it.
 *
 * @param name as on the command line
 * @param usage its arguments with their defaults
 * @param description one line
 * @param threaded whether it runs on as many threads as asked for
 * @param parser makes the workload
 */
public record WorkloadType(
    String name, String usage, String description, boolean threaded, Parser parser) {

  /** Makes a workload of its arguments. */
  @FunctionalInterface
  interface Parser {
    /** Takes the arguments given, which may be fewer than there are. */
    Workload parse(List<String> arguments, int threads);
  }

  private static final int MAX_THREADS = 256;

  /** A type whose recipe says how many threads there are. */
  static WorkloadType of(
      String name, String usage, String description, Function<List<String>, Workload> parser) {
    return new WorkloadType(
        name, usage, description, false, (arguments, threads) -> parser.apply(arguments));
  }

  /** A type that runs on as many threads as asked for. */
  static WorkloadType threaded(String name, String usage, String description, Parser parser) {
    return new WorkloadType(name, usage, description, true, parser);
  }

  /** Arguments and the option that it takes. */
  public String fullUsage() {
    return threaded ? usage + " --threads T" : usage;
  }

  /** Makes a workload; as many threads as there are processors, unless their number is given. */
  Workload parse(List<String> arguments, OptionalInt threads) {
    if (threads.isPresent() && !threaded) {
      throw new UsageException("--threads: the number of threads is part of the recipe of " + name);
    }
    int count = threads.orElseGet(() -> Runtime.getRuntime().availableProcessors());
    if (threaded && (count < 1 || count > MAX_THREADS)) {
      throw new UsageException("--threads must be 1 to " + MAX_THREADS + ", not " + count);
    }
    return parser.parse(arguments, count);
  }
}
