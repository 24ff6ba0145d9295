// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A program that never stops to change: threads, sizes, how much lives, at a limit that it meets.
 */
final class Soak {
  /*
   * One cycle goes through all phases; in each, threads live and die, half of them virtual, and hand
   * blocks over to whoever comes. At the end of a cycle nobody works: everything is freed but what waits
   * to be handed over, the heap is purged and verified, and the resident memory read. So samples are
   * taken at the same point each time, and what is left of a trend in them is one of the program's.
   * Every phase hands blocks over: only what is freed for others goes through RemoteStacks.
   */

  static final long LIMIT_BYTES = 384L << 20;

  private static final int THREADS_AT_ONCE = 3;
  private static final int LIVES_A_PHASE = 4;
  private static final int SHARED_SLOTS = 256;

  /** Of a hundred operations so many give a block to whoever comes and free what lay there. */
  private static final int HAND_OVERS = 10;

  /** Least and largest size in a phase, and how much one thread holds at most. */
  private record Phase(long least, long most, long heldBytes, int operations) {}

  private static final List<Phase> PHASES =
      List.of(
          new Phase(1, 1024, 4 << 20, 20_000),
          new Phase(1024, 48 << 10, 32 << 20, 4_000),
          new Phase(48 << 10, 1 << 20, 96 << 20, 250),
          new Phase(1 << 20, 24 << 20, 320 << 20, 70), // three threads of these meet the limit
          new Phase(1, 100, 4 << 20, 20_000),
          new Phase(1, 256 << 10, 64 << 20, 1_000));

  /** A live block and what its cookies are made of. */
  record Block(long address, long size, long seed) {}

  /** Resident bytes at the end of a cycle. */
  record Sample(double minutes, long ours, long process) {}

  private final SplittableRandom random;
  private final AtomicReferenceArray<@Nullable Block> shared =
      new AtomicReferenceArray<>(SHARED_SLOTS);
  private final LongAdder allocated = new LongAdder();
  private final LongAdder freed = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final List<Sample> samples = new ArrayList<>();

  Soak(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Goes on until {@code minutes} are over, for one cycle at least. */
  void run(double minutes) {
    long start = System.nanoTime();
    double gone;
    do {
      PHASES.forEach(this::phase);
      Hakmem.purge();
      HeapVerifier.verify();
      gone = (System.nanoTime() - start) / 60e9;
      samples.add(
          new Sample(
              gone,
              Smaps.residentBytes(Hakmem.stats().mappings()),
              Smaps.residentBytesOfProcess()));
    } while (gone < minutes);
    drainShared();
  }

  private void phase(Phase phase) {
    int alive = 0;
    List<InThread.Running> running = new ArrayList<>();
    for (int life = 0; life < LIVES_A_PHASE; life++) {
      SplittableRandom own = random.split();
      Thread.Builder kind = life % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
      running.add(InThread.start(kind, () -> live(phase, own)));
      if (++alive >= THREADS_AT_ONCE) {
        running.removeFirst().join();
        alive--;
      }
    }
    running.forEach(InThread.Running::join);
  }

  /** One thread's life. */
  private void live(Phase phase, SplittableRandom own) {
    List<Block> held = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < phase.operations(); i++) {
      int dice = own.nextInt(100);
      if (dice < HAND_OVERS) {
        Block mine = held.isEmpty() ? null : removeAny(held, own);
        bytes -= mine == null ? 0 : mine.size();
        Block other = shared.getAndSet(own.nextInt(SHARED_SLOTS), mine);
        if (other != null) {
          free(other);
        }
      } else if (dice < (bytes < phase.heldBytes() / 2 ? 70 : 50)) {
        Block block = tryAllocate(phase, own);
        if (block == null) {
          bytes -= freeSome(held, own);
        } else {
          held.add(block);
          bytes += block.size();
        }
      } else if (!held.isEmpty()) {
        Block block = removeAny(held, own);
        bytes -= block.size();
        free(block);
      }
    }
    held.forEach(this::free);
  }

  private static Block removeAny(List<Block> held, SplittableRandom own) {
    int index = own.nextInt(held.size());
    Block block = held.get(index);
    held.set(index, held.getLast());
    held.removeLast();
    return block;
  }

  private long freeSome(List<Block> held, SplittableRandom own) {
    long bytes = 0;
    for (int i = held.size() / 2; i > 0; i--) {
      Block block = removeAny(held, own);
      bytes += block.size();
      free(block);
    }
    return bytes;
  }

  private @Nullable Block tryAllocate(Phase phase, SplittableRandom own) {
    double octaves = Math.log((double) phase.most() / phase.least());
    long size = (long) (phase.least() * Math.exp(own.nextDouble() * octaves));
    long address = Hakmem.tryAllocate(size);
    if (address == 0) {
      refused.increment();
      return null;
    }
    allocated.increment();
    Block block = new Block(address, size, own.nextLong());
    Patterns.write(address, size, block.seed());
    return block;
  }

  private void free(Block block) {
    if (Patterns.mismatch(block.address(), block.size(), block.size(), block.seed()) >= 0) {
      throw new AssertionError("a cookie of " + block + " is spoilt");
    }
    Hakmem.free(block.address(), block.size());
    freed.increment();
  }

  private void drainShared() {
    for (int i = 0; i < SHARED_SLOTS; i++) {
      Block block = shared.getAndSet(i, null);
      if (block != null) {
        free(block);
      }
    }
  }

  // ---- what came of it

  long lostBlocks() {
    return allocated.sum() - freed.sum();
  }

  long refusedRequests() {
    return refused.sum();
  }

  /** Slope of the process's or our resident memory in bytes a minute, without the first third. */
  Slope slope(boolean ofProcess) {
    List<Sample> late = samples.subList(samples.size() / 3, samples.size());
    return Slope.of(
        late.stream().mapToDouble(Sample::minutes).toArray(),
        late.stream().mapToDouble(each -> ofProcess ? each.process() : each.ours()).toArray());
  }

  /** Writes everything to a file. */
  void report(Path file) {
    StringBuilder text = new StringBuilder();
    text.append("allocated ").append(allocated.sum()).append(" blocks, lost ");
    text.append(lostBlocks()).append(", refused at the limit ").append(refused.sum());
    text.append(", freed for others ").append(Hakmem.stats().remoteFrees());
    text.append(", purged and charged again ").append(Hakmem.stats().refaults()).append(" pages\n");
    if (samples.size() >= 15) {
      text.append("slope of hakmem's resident bytes a minute: ").append(slope(false)).append('\n');
      text.append("slope of the process's: ").append(slope(true)).append('\n');
    }
    samples.forEach(each -> text.append(each).append('\n'));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
