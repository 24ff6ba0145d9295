// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import io.hakmem.os.FakeOsMemory.Refusal;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Above the soft limit free memory goes back soon, however long it may stay below. */
final class SoftLimitTest {

  private static final long MIB = 1 << 20;

  /** The purge delay is a day: nothing goes back in time but for the soft limit. */
  private static final HakmemConfig PATIENT =
      HakmemConfig.DEFAULT
          .withRegionBytes(1L << 30)
          .withPurgeDelayMillis(86_400_000)
          .withLimitBytes(64 * MIB)
          .withSoftLimitBytes(32 * MIB);

  /** By then the purger's first tick is over, and the next one is half a day off. */
  private static final long AFTER_FIRST_TICK_MILLIS = 1500;

  @Test
  void chargeAboveSoftLimit_wakesThePurger() {
    FreshAllocator.run(Wakes.class, "");
  }

  /** Free slabs wait for the delay, until huge blocks need more. */
  static final class Wakes implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(PATIENT);
      List<Long> small = allocate(600, 32 << 10);
      List<Long> kept =
          new ArrayList<>(); // one in each superslab, which huge blocks then cannot take
      for (int i = 0; i < small.size(); i++) {
        if (i % 50 == 0) {
          kept.add(small.get(i));
        } else {
          Hakmem.free(small.get(i));
        }
      }
      sleep(AFTER_FIRST_TICK_MILLIS);
      assertTrue(Hakmem.stats().committedBytes() > 18 * MIB, "below the soft limit memory stays");
      List<Long> huge = allocate(3, 5 * MIB);
      Eventually.isTrue(
          () -> Hakmem.stats().committedBytes() <= 32 * MIB,
          () -> "committed " + Hakmem.stats().committedBytes());
      huge.forEach(Hakmem::free);
      kept.forEach(Hakmem::free);
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void freeAboveSoftLimit_goesBackWithoutAnotherCharge() {
    FreshAllocator.run(Stays.class, "");
  }

  /** The account stays above for a while; the system refuses at first, and is asked ever less. */
  static final class Stays implements UnaryOperator<String> {
    private static final long FOUR_TICKS_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

    @Override
    public String apply(String argument) {
      FakeOsMemory os = FakeOsMemory.onThisSystem();
      Startup.start(PATIENT, List.of(() -> os));
      List<Long> kept = allocate(7, 5 * MIB);
      List<Long> freed = allocate(4, 5 * MIB);
      sleep(AFTER_FIRST_TICK_MILLIS);
      Thread program = Thread.currentThread();
      long last = freed.getLast();
      List<Long> attempts = new CopyOnWriteArrayList<>();
      os.listen(
          (address, byteSize) -> {
            if (address == last && Thread.currentThread() != program) {
              attempts.add(System.nanoTime());
            }
          });
      os.refuse((call, number) -> call == Call.DECOMMIT);
      freed.forEach(Hakmem::free);
      Eventually.isTrue(() -> attempts.size() > 4, () -> attempts.size() + " attempts");
      long span = attempts.get(4) - attempts.get(0);
      assertTrue(span >= FOUR_TICKS_NANOS, span + " ns for ticks of 40, 80, 160 and 320 ms");
      AtomicLong firstAttempt = new AtomicLong();
      long late = kept.removeLast();
      os.listen(
          (address, byteSize) -> {
            if (address == late && Thread.currentThread() != program) {
              firstAttempt.compareAndSet(0, System.nanoTime());
            }
          });
      long free = System.nanoTime();
      Hakmem.free(late);
      Eventually.isTrue(() -> firstAttempt.get() != 0, () -> "no attempt");
      long waited = firstAttempt.get() - free;
      assertTrue(waited >= FOUR_TICKS_NANOS, waited + " ns for a delay of a second");
      assertTrue(Hakmem.stats().committedBytes() >= 54 * MIB, "charged although not given back");
      HeapVerifier.verify();
      os.refuse(Refusal.NEVER);
      Eventually.isTrue(
          () -> Hakmem.stats().committedBytes() < 32 * MIB,
          () -> "committed " + Hakmem.stats().committedBytes());
      assertEquals(6 * 5 * MIB, Hakmem.stats().allocatedBytes());
      assertTrue(Smaps.residentBytes(Hakmem.stats().mappings()) < 32 * MIB);
      kept.forEach(Hakmem::free);
      HeapVerifier.verify();
      return argument;
    }
  }

  @Test
  void chargesThatPassTheLimitAgainAndAgain_wakeNoMoreThanOnceATick() {
    FreshAllocator.run(UpAndDown.class, "");
  }

  /** Each step above the limit tries to give back one block, which the system always refuses. */
  static final class UpAndDown implements UnaryOperator<String> {
    private static final int ROUNDS = 100;
    private static final int MOST_ROUNDS = 10_000;
    private static final long ROUND_MILLIS = 2;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @Override
    public String apply(String argument) {
      FakeOsMemory os = FakeOsMemory.onThisSystem();
      Startup.start(PATIENT, List.of(() -> os));
      Thread program = Thread.currentThread();
      List<Long> kept = allocate(3, 5 * MIB);
      long refused = Hakmem.allocate(2 * MIB);
      kept.addAll(allocate(2, 5 * MIB));
      Map<Thread, Long> last = new ConcurrentHashMap<>();
      AtomicLong steps = new AtomicLong();
      os.listen(
          (address, byteSize) -> {
            last.put(Thread.currentThread(), address);
            steps.addAndGet(address == refused && Thread.currentThread() != program ? 1 : 0);
          });
      os.refuse(
          (call, number) ->
              call == Call.DECOMMIT && last.getOrDefault(Thread.currentThread(), 0L) == refused);
      Hakmem.free(refused);
      sleep(AFTER_FIRST_TICK_MILLIS);
      assertEquals(0, steps.get(), "below the soft limit");
      long start = System.nanoTime();
      for (int round = 0; round < (steps.get() > 0 ? ROUNDS : MOST_ROUNDS); round++) {
        List<Long> more = allocate(1, 8 * MIB);
        sleep(ROUND_MILLIS);
        more.forEach(Hakmem::free);
        Hakmem.purge();
      }
      long most = 1 + (System.nanoTime() - start) / TICK_NANOS;
      assertTrue(steps.get() > 0, "none saw it above the limit");
      assertTrue(steps.get() <= most, steps + " steps, at most " + most);
      kept.forEach(Hakmem::free);
      HeapVerifier.verify();
      return argument;
    }
  }

  private static List<Long> allocate(int count, long byteSize) {
    List<Long> blocks = new ArrayList<>();
    LongStream.range(0, count)
        .forEach(
            each -> {
              long address = Hakmem.allocate(byteSize);
              Patterns.write(address, byteSize, each);
              blocks.add(address);
            });
    return blocks;
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
