// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.SplittableRandom;

/** What the threads of a {@link ScaleLoad} do. */
enum ScaleScenario {
  LOCAL("16–1024 B, own frees", 16, 1024, 256, 0, false, 0, false),
  BURST("16–1024 B, own frees, 1,000 blocks and back", 16, 1024, 1000, 0, false, 0, false),
  REMOTE_50("16–1024 B, 50 % freed by any other thread", 16, 1024, 256, 50, false, 0, false),
  REMOTE_90("16–1024 B, 90 % freed by any other thread", 16, 1024, 256, 90, false, 0, false),
  PIPELINE("16–1024 B, all freed by the next thread", 16, 1024, 256, 100, true, 0, false),
  CHURN("16–1024 B, threads live for 1,000 operations", 16, 1024, 256, 0, false, 1000, false),
  VIRTUAL("16–1024 B, virtual threads of 100 operations", 16, 1024, 256, 0, false, 100, true),
  POOL("1–48 KiB, own frees", 1025, 48 << 10, 16, 0, false, 0, false),
  RUNS("48 KiB – 1 MiB, own frees", (48 << 10) + 1, 1 << 20, 4, 0, false, 0, false);

  /** For the table. */
  final String title;

  /** Places for blocks of each thread. */
  final int slots;

  final boolean virtual;

  /** Whether the other thread is the next one, not any. */
  final boolean neighbour;

  private final int minBytes;
  private final int maxBytes;

  /** How many operations look at the slots of another thread, where blocks are freed. */
  private final int remotePercent;

  /** Operations of a thread, on average; 0 for all. */
  private final int life;

  ScaleScenario(
      String title,
      int minBytes,
      int maxBytes,
      int slots,
      int remotePercent,
      boolean neighbour,
      int life,
      boolean virtual) {
    this.title = title;
    this.minBytes = minBytes;
    this.maxBytes = maxBytes;
    this.slots = slots;
    this.remotePercent = remotePercent;
    this.neighbour = neighbour;
    this.life = life;
    this.virtual = virtual;
  }

  long size(SplittableRandom random) {
    return random.nextInt(minBytes, maxBytes + 1);
  }

  boolean isRemote(SplittableRandom random) {
    return random.nextInt(100) < remotePercent;
  }

  /** Whether a thread fills all its slots, then empties all. */
  boolean inBursts() {
    return this == BURST;
  }

  /** Whether a thread ends now: threads do not all end at once. */
  boolean ends(SplittableRandom random) {
    return life > 0 && random.nextInt(life) == 0;
  }
}
