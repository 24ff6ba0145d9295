// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import io.hakmem.depot.Depot;
import io.hakmem.slab.SizeClasses;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what one front cache does not need: once in so many blocks that pass through its slow
 * paths, and when the purger asks for it. Owner thread only.
 */
final class Drain {
  private final StackArea stacks;

  /** The cache's array for blocks on their way. */
  private final long[] batch;

  private final Depot[] depots;
  private final RemoteStacks remote;
  private final FrontCounters counters;
  private final FrontSettings settings = FrontSettings.installed();
  private final DrainMarks marks = new DrainMarks();

  /** Null for capacities that stay as they are. */
  private final @Nullable CapacityController controller;

  private int movedSinceDrain;
  private int seenEpoch;

  Drain(
      StackArea stacks, long[] batch, Depot[] depots, RemoteStacks remote, FrontCounters counters) {
    this.stacks = stacks;
    this.batch = batch;
    this.depots = depots;
    this.remote = remote;
    this.counters = counters;
    controller = settings.adaptive() ? new CapacityController(settings) : null;
  }

  /** Notes that so many blocks are on their way, and drains if it is time. */
  void noteMoved(int blocks) {
    movedSinceDrain += blocks;
    // One comparison for both reasons: for a condition that rarely holds the JIT makes no code, and
    // throws the compiled slow path away when it first does.
    int raised = FrontCaches.epoch() - seenEpoch;
    if (movedSinceDrain + (long) raised * settings.drainInterval() >= settings.drainInterval()) {
      run();
    }
  }

  /** Returns what has not been needed since the last time to the slabs. */
  private void run() {
    movedSinceDrain = 0;
    seenEpoch = FrontCaches.epoch();
    counters.drains++;
    long held = 0;
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      shed(c, marks.surplus(c, stacks.word(c)));
      held += stacks.bytes(c);
    }
    for (int c = SizeClasses.MAX_CLASS; c > 0 && held > settings.cacheBytes(); c--) {
      int half = Stacks.halfOf(stacks.word(c));
      shed(c, half);
      held -= (long) half * SizeClasses.bytes(c);
    }
    if (controller != null) {
      applyAll(controller.decide(stacks, counters));
    }
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      marks.note(c, stacks.word(c));
    }
    remote.flush();
  }

  private void applyAll(int[] capacities) {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      int before = Stacks.capacity(stacks.word(c));
      if (capacities[c] != before) {
        apply(c, before, capacities[c]);
      }
    }
  }

  /** Changes the capacity of a class; what it has no room for any more goes to the slabs. */
  private void apply(int sizeClass, int before, int capacity) {
    shed(sizeClass, Stacks.count(stacks.word(sizeClass)) - capacity);
    stacks.setCapacity(sizeClass, capacity);
    if (capacity > before) {
      counters.capacityGrowths++;
    } else {
      counters.capacityShrinks++;
    }
  }

  /** Returns every block to its slab. By the owner, or by whoever found the owner dead. */
  void shedAll() {
    for (int c = 1; c <= SizeClasses.MAX_CLASS; c++) {
      shed(c, Stacks.count(stacks.word(c)));
    }
    remote.flush();
  }

  /** Returns the oldest {@code blocks} of a class to their slabs. */
  private void shed(int sizeClass, int blocks) {
    if (blocks > 0) {
      depots[sizeClass].giveBack(batch, 0, stacks.takeOldest(sizeClass, blocks, batch));
    }
  }
}
