// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import io.hakmem.lab.subject.SubjectFactory;
import java.util.List;
import java.util.Optional;

/**
 * producer-consumer. Origin: our own; every free is remote. One thread allocates and writes the
 * first byte, another frees, whole batches of addresses at a time. Twin: producer_consumer.c.
 */
public final class ProducerConsumer implements Workload {
  static final String NAME = "producer-consumer";
  static final String USAGE = "[batches=10000 batch=1024 seed=42]";

  private static final int MIN_SIZE = 16;
  private static final int SIZE_MASK = 511;

  private final long batches;
  private final int batchSize;
  private final int seed;
  private final boolean inStep;
  private final BatchRing ring;

  private ProducerConsumer(long batches, int batchSize, int seed, boolean inStep) {
    this.batches = batches;
    this.batchSize = batchSize;
    this.seed = seed;
    this.inStep = inStep;
    ring = new BatchRing(batchSize);
  }

  static Workload parse(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 3);
    return new ProducerConsumer(
        arguments.number(0, "batches", 10_000, 1, Integer.MAX_VALUE),
        (int) arguments.number(1, "batch", 1024, 1, 1 << 24),
        (int) arguments.number(2, "seed", 42, 0, Xorshift.MAX_SEED),
        false);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    return List.of("" + batches, "" + batchSize, Integer.toUnsignedString(seed));
  }

  @Override
  public long operations() {
    return batches * batchSize;
  }

  @Override
  public boolean handsBlocksOver() {
    return true;
  }

  @Override
  public long pass(SubjectFactory subjects) {
    ring.clear();
    int slotCount = BatchRing.BATCHES * batchSize;
    Thread producer = new Thread(() -> produce(subjects.open(slotCount)), "producer");
    Thread consumer = new Thread(() -> consume(subjects.open(slotCount)), "consumer");
    long start = System.nanoTime();
    producer.start();
    consumer.start();
    Threads.join(producer, consumer);
    return System.nanoTime() - start;
  }

  private void produce(Subject subject) {
    int state = seed;
    for (long n = 0; n < batches; n++) {
      state = fill(subject, ring.awaitRoom(n), firstSlot(n), state);
      ring.produced(n);
    }
  }

  private static int fill(Subject subject, long[] batch, int firstSlot, int state) {
    int r = state;
    for (int i = 0; i < batch.length; i++) {
      r = Xorshift.next(r);
      long address = subject.allocate(firstSlot + i, MIN_SIZE + (r & SIZE_MASK));
      RawMemory.putByte(address, (byte) r);
      batch[i] = address;
    }
    return r;
  }

  private void consume(Subject subject) {
    for (long n = 0; n < batches; n++) {
      if (inStep) {
        ring.awaitBatch(Math.min(n + BatchRing.BATCHES, batches) - 1);
      }
      drain(subject, ring.awaitBatch(n), firstSlot(n));
      ring.consumed(n);
    }
  }

  private static void drain(Subject subject, long[] batch, int firstSlot) {
    for (int i = 0; i < batch.length; i++) {
      subject.free(firstSlot + i, batch[i]);
    }
  }

  private int firstSlot(long n) {
    return (int) (n % BatchRing.BATCHES) * batchSize;
  }

  @Override
  public Workload first(long operations) {
    long needed = Math.ceilDiv(operations, batchSize);
    return new ProducerConsumer(Math.min(batches, needed), batchSize, seed, inStep);
  }

  /**
   * The consumer waits until the ring is full: how far the producer gets ahead is the scheduler's
   * business else.
   */
  @Override
  public Workload inStep() {
    return new ProducerConsumer(batches, batchSize, seed, true);
  }

  @Override
  public Optional<Peak> peak() {
    long[] bytes = new long[BatchRing.BATCHES]; // of the newest batches
    int r = seed;
    long live = 0;
    Peak peak = new Peak(0, 0);
    for (long n = 0; n < batches; n++) {
      int place = (int) (n % BatchRing.BATCHES);
      live -= bytes[place];
      bytes[place] = 0;
      for (int i = 0; i < batchSize; i++) {
        r = Xorshift.next(r);
        bytes[place] += MIN_SIZE + (r & SIZE_MASK);
      }
      live += bytes[place];
      if (live > peak.liveBytes()) {
        peak = new Peak((n + 1) * batchSize, live);
      }
    }
    return Optional.of(peak);
  }
}
