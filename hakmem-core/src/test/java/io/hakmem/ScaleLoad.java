// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.verify.HeapVerifier;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Operations of simulated threads; one operation a turn, turns in random order. */
final class ScaleLoad implements UnaryOperator<String> {
  /*
   * A thread fills and empties slots of its own at random. An operation that is remote looks at a slot of
   * another thread and frees the block there, as if the other one had handed it over; of a slot without
   * one it does nothing, and does not count. In bursts a thread goes from slot to slot instead.
   */

  private static final int SEED = 20;

  /** Operations for each slot, in bursts: stacks and slabs then have what they will ever need. */
  private static final int WARM_UP_ROUNDS = 8;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private ScaleScenario scenario = ScaleScenario.LOCAL;
  private long[][] slots = new long[0][];

  private boolean inBursts = true;

  /** In bursts, the last slot of each thread. */
  private int[] last = new int[0];

  /** The argument: scenario, threads, operations. */
  @Override
  public String apply(String argument) {
    String[] words = argument.split(" ", -1);
    scenario = ScaleScenario.valueOf(words[0].toUpperCase(Locale.ROOT));
    int threads = Integer.parseInt(words[1]);
    slots = new long[threads][scenario.slots];
    last = new int[threads];
    ScaleSeats.fill(threads, scenario.virtual);
    Hakmem.configure(HakmemConfig.DEFAULT.withPurgeDelayMillis(-1));
    run(WARM_UP_ROUNDS * threads * scenario.slots);
    inBursts = scenario.inBursts();
    run(threads * scenario.slots);
    ScaleCounts.reset();
    run(Integer.parseInt(words[2]));
    String report = ScaleCounts.report();
    freeAll();
    HeapVerifier.verify();
    return report;
  }

  private void run(int operations) {
    for (int done = 0; done < operations; ) {
      int seat = random.nextInt(slots.length);
      ScaleSeats.turn(seat);
      if (scenario.ends(random)) {
        ScaleSeats.replace(seat);
      }
      done += step(seat) ? 1 : 0;
    }
  }

  /** Whether there was anything to do. */
  private boolean step(int seat) {
    last[seat] = (last[seat] + 1) % scenario.slots;
    int slot = inBursts ? last[seat] : random.nextInt(scenario.slots);
    long[] own = slots[seat];
    if (own[slot] == 0) {
      ScaleCounts.beginOperation();
      own[slot] = Hakmem.allocate(scenario.size(random));
      ScaleCounts.endOperation();
      return true;
    }
    long[] from = slots.length > 1 && scenario.isRemote(random) ? slots[other(seat)] : own;
    if (from[slot] == 0) {
      return false;
    }
    ScaleCounts.beginOperation();
    Hakmem.free(from[slot]);
    ScaleCounts.endOperation();
    from[slot] = 0;
    return true;
  }

  private int other(int seat) {
    int distance = scenario.neighbour ? 1 : random.nextInt(1, slots.length);
    return (seat + distance) % slots.length;
  }

  private void freeAll() {
    for (long[] each : slots) {
      for (long address : each) {
        Hakmem.free(address);
      }
    }
  }
}
