// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A workload whose recipe leaves the number of threads open. */
abstract class ThreadedWorkload implements Workload {
  private final String name;
  private final List<String> arguments;
  private final int threads;
  private final Quota quota;
  private long operations;

  /** The arguments are those of the recipe, without the number of threads. */
  ThreadedWorkload(String name, List<String> arguments, int threads, Quota quota) {
    this.name = name;
    this.arguments = List.copyOf(arguments);
    this.threads = threads;
    this.quota = quota;
  }

  /** The same workload with another quota. */
  abstract Workload with(Quota other);

  /** Runs workers, as many as threads or as the recipe makes of that; returns the nanoseconds. */
  final long run(int workers, SubjectFactory subjects, int slotCount, Workers.Body body) {
    Workers.Outcome outcome = Workers.run(workers, subjects, slotCount, quota, body);
    operations = outcome.operations();
    return outcome.nanos();
  }

  final int threadCount() {
    return threads;
  }

  final Quota quota() {
    return quota;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final List<String> arguments() {
    return arguments;
  }

  /** The number of threads first: a child is told, and does not look how many cores there are. */
  @Override
  public final List<String> childArguments() {
    List<String> words = new ArrayList<>(List.of("" + threads));
    words.addAll(arguments);
    return words;
  }

  @Override
  public final OptionalInt threads() {
    return OptionalInt.of(threads);
  }

  /** Of the last run. */
  @Override
  public long operations() {
    return operations;
  }

  @Override
  public final Workload first(long most) {
    return with(quota.first(most, threads));
  }

  /** When the most is live is the scheduler's business. */
  @Override
  public final Optional<Peak> peak() {
    return Optional.empty();
  }
}
