// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.control.Allocator;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import io.hakmem.os.FakeOsMemory.Refusal;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The system refuses memory, at any call; and the limit is reached. */
@Tag("every-source")
final class OutOfMemoryTest {

  private static final int MOST_CALLS = 2000;
  private static final long MIB = 1 << 20;
  private static final HakmemConfig SMALL =
      TestMode.DEFAULT.withRegionBytes(1L << 30).withPurgeDelayMillis(-1);

  @Test
  void anyOneCallRefused_isSurvivedByEveryTier() {
    refuseAtEveryCall("one ENOMEM", 30);
  }

  @Test
  void everyCallRefusedFromAnyOneOn_isSurvivedByEveryTier() {
    refuseAtEveryCall("from ENOMEM", 30);
  }

  @Test
  void noMoreMappingsFromAnyCallOn_isSurvivedByEveryTier() {
    refuseAtEveryCall("from MAPPINGS", 10);
  }

  @Test
  void everyAdviceRefusedForNowFromAnyOneOn_isSurvivedByEveryTier() {
    refuseAtEveryCall("from EAGAIN", TestMode.returnsMemory() ? 10 : 0);
  }

  private static void refuseAtEveryCall(String mode, int least) {
    int n = 1;
    while (FreshAllocator.run(RefusedCall.class, mode + " " + n).equals("refused")) {
      n++;
      assertTrue(n < MOST_CALLS, "the scenario never gets through");
    }
    assertTrue(n > least, "only " + n + " calls: the scenario does not do much");
  }

  /** Why the system refuses, and which calls it may refuse for it. */
  private enum Reason {
    ENOMEM(Call.RESERVE, Call.ALLOW_READ, Call.COMMIT, Call.DECOMMIT, Call.MOVE),
    MAPPINGS(Call.RESERVE, Call.ALLOW_READ, Call.COMMIT, Call.MOVE),
    EAGAIN(Call.DECOMMIT);

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
    private final Set<Call> calls;

    Reason(Call... calls) {
      this.calls = Set.of(calls);
    }
  }

  /** All tiers, threads and purges, with the n-th call refused, or all from the n-th on. */
  static final class RefusedCall implements UnaryOperator<String> {

    private final List<Long> blocks = new ArrayList<>();
    private final FakeOsMemory os = FakeOsMemory.onThisSystem();

    @Override
    public String apply(String argument) {
      String[] words = argument.split(" ", -1);
      boolean one = words[0].equals("one");
      Reason reason = Reason.valueOf(words[1]);
      long n = Long.parseLong(words[2]);
      // None for RELEASE: not even a failed start can be undone where it is refused.
      AtomicLong calls = new AtomicLong();
      os.refuse(
          (call, ignored) -> {
            long number = reason.calls.contains(call) ? calls.incrementAndGet() : 0;
            return one ? number == n : number >= n;
          });
      start();
      scenario(3);
      HeapVerifier.verify();
      boolean refused = os.refusedCalls() > 0;
      os.refuse(Refusal.NEVER);
      assertTrue(blocks.stream().allMatch(Hakmem::owns), "blocks are lost");
      scenario(1);
      HeapVerifier.verify();
      checkAndFree(0);
      Hakmem.purge();
      HeapVerifier.verify();
      HakmemStats stats = Hakmem.stats();
      assertEquals(0, stats.allocatedBytes());
      if (os.returnsMemory()) {
        assertTrue(stats.committedBytes() < MIB, stats::toString);
        stats.mappings().forEach(each -> os.release(each.address(), each.byteSize()));
        assertEquals(0, os.reservedBytes());
      }
      return refused ? "refused" : "passed";
    }

    private void start() {
      try {
        Startup.start(SMALL, List.of(() -> os));
      } catch (OutOfMemoryError refused) {
        assertEquals(0, os.reservedBytes(), "address space of a failed start");
        os.refuse(Refusal.NEVER);
        Startup.start(SMALL, List.of(() -> os));
        os.refuse((call, number) -> number == 1);
      }
    }

    private void scenario(int times) {
      for (int i = 0; i < times; i++) {
        int round = i;
        for (long size : new long[] {1, 100, 2048, 2049, 5000, 20_000, 48 << 10}) {
          refusedOrNot(() -> keep(Hakmem.allocate(size + round * 8L)));
          refusedOrNot(() -> keep(Hakmem.allocateZeroed(size)));
        }
        refusedOrNot(() -> keep(Hakmem.allocate(40_000L * (round + 1))));
        refusedOrNot(() -> keep(Hakmem.allocateAligned(5000, 64 << 10)));
        refusedOrNot(() -> keep(Hakmem.allocate(MIB + round * MIB)));
        if (!blocks.isEmpty()) {
          refusedOrNot(() -> grow(2));
          refusedOrNot(() -> keep(Hakmem.allocate(2 * MIB)));
          // The last but one may be huge, and the last one is in its way.
          Collections.swap(blocks, blocks.size() - 1, Math.max(blocks.size() - 2, 0));
          refusedOrNot(() -> grow(3));
        }
        refusedOrNot(() -> keep(Hakmem.allocateAligned(100, 4 * MIB)));
        long tried = Hakmem.tryAllocate(3 * MIB);
        if (tried != 0) {
          keep(tried);
        }
        if (i == 1) {
          InThread.run(() -> refusedOrNot(() -> keep(Hakmem.allocate(300))));
          InThread.runVirtual(() -> refusedOrNot(() -> keep(Hakmem.allocate(300))));
        }
        if (i == 1) {
          checkAndFree(blocks.size() / 2);
          Hakmem.purge();
        }
        HeapVerifier.verify();
      }
    }

    /** Reallocates the last block to some times its size; it is still there if that is refused. */
    private void grow(int factor) {
      long address = blocks.getLast();
      long usable = Hakmem.usableSize(address);
      long moved = Hakmem.reallocate(address, usable * factor);
      blocks.set(blocks.size() - 1, moved);
      assertEquals(-1, Patterns.mismatch(moved, usable, usable, address));
      Patterns.write(moved, Hakmem.usableSize(moved), moved);
    }

    private void keep(long address) {
      assertNotEquals(0, address);
      Patterns.write(address, Hakmem.usableSize(address), address);
      blocks.add(address);
    }

    private void checkAndFree(int leave) {
      while (blocks.size() > leave) {
        long address = blocks.removeLast();
        long usable = Hakmem.usableSize(address);
        assertEquals(-1, Patterns.mismatch(address, usable, usable, address));
        Hakmem.free(address);
      }
    }

    private static void refusedOrNot(Runnable action) {
      try {
        action.run();
      } catch (OutOfMemoryError refused) {
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("hakmem: no memory for "), message);
      }
    }
  }

  @Test
  void reservation_whenEveryOneIsRefused_isAnOutOfMemoryErrorAndMayBeTriedAgain() {
    FreshAllocator.run(RefusedReservation.class, "");
  }

  /** The first start fails, the second one does not. */
  static final class RefusedReservation implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      FakeOsMemory os = FakeOsMemory.onThisSystem();
      os.refuse((call, number) -> call == Call.RESERVE);
      OutOfMemoryError refused =
          assertThrows(OutOfMemoryError.class, () -> Startup.start(SMALL, List.of(() -> os)));
      assertTrue(String.valueOf(refused.getMessage()).contains("address space"));
      os.refuse(Refusal.NEVER);
      Startup.start(SMALL, List.of(() -> os));
      Hakmem.free(Hakmem.allocate(10));
      return argument;
    }
  }

  @Test
  void limit_reachedInAnyTier_isAnOutOfMemoryErrorWithTheFigures() {
    for (long size : new long[] {64, 1000, 5000, 48 << 10, 100_000, MIB, 3 * MIB}) {
      FreshAllocator.run(ReachedLimit.class, Long.toString(size));
    }
  }

  /** Allocates blocks of one size until there is no more. */
  static final class ReachedLimit implements UnaryOperator<String> {

    private static final long LIMIT = 16 * MIB;

    @Override
    public String apply(String argument) {
      long size = Long.parseLong(argument);
      Hakmem.configure(SMALL.withLimitBytes(LIMIT));
      List<Long> blocks = new ArrayList<>();
      OutOfMemoryError reached =
          assertThrows(
              OutOfMemoryError.class,
              () -> {
                while (true) {
                  blocks.add(Hakmem.allocate(size));
                }
              });
      HakmemStats stats = Hakmem.stats();
      String message = String.valueOf(reached.getMessage());
      assertTrue(message.contains(size + " bytes"), message);
      assertTrue(message.contains("limit " + LIMIT), message);
      assertTrue(message.contains("charged " + stats.committedBytes()), message);
      assertTrue(message.contains("stranded"), message);
      assertTrue(message.contains(" " + stats.strandedBytes()), message);
      assertTrue(stats.peakCommittedBytes() <= LIMIT, stats::toString);
      assertTrue(blocks.size() * size >= LIMIT * 3 / 4, () -> blocks.size() + " blocks of " + size);
      assertEquals(0, Hakmem.tryAllocate(size));
      assertThrows(OutOfMemoryError.class, () -> Hakmem.allocateZeroed(size));
      assertThrows(OutOfMemoryError.class, () -> Hakmem.allocateAligned(size, 4096));
      assertThrows(OutOfMemoryError.class, () -> Hakmem.reallocate(blocks.getFirst(), LIMIT));
      assertTrue(Hakmem.owns(blocks.getFirst()), "still there after the refused reallocation");
      HeapVerifier.verify();
      for (long address : blocks) {
        Patterns.write(address, size, address);
      }
      // The page map and the pool's live map are not charged.
      long slack = Objects.requireNonNull(Allocator.current()).superslabs().smallMapBytes();
      assertTrue(slack < MIB, slack + " bytes of maps");
      long resident = Smaps.residentBytes(stats.mappings());
      assertTrue(resident <= LIMIT + slack, resident + " in memory, more than charged");
      for (long address : blocks) {
        assertEquals(-1, Patterns.mismatch(address, size, size, address));
        Hakmem.free(address);
      }
      // Everything is free: now any size must be served, of whatever tier the memory was before, if
      // it can be given back and so change its use.
      long[] others = {10 * MIB, 500_000, 64, 20_000};
      for (long other : stats.os().equals("portable") ? new long[] {size} : others) {
        Hakmem.free(Hakmem.allocate(other));
      }
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().allocatedBytes());
      assertTrue(Hakmem.stats().peakCommittedBytes() <= LIMIT);
      return argument;
    }
  }

  @Test
  void limit_reached_newThreadsMayStillFreeAndAsk() {
    FreshAllocator.run(NewThreadAtLimit.class, "");
  }

  /** A thread without a cache comes when not a page is left for one. */
  static final class NewThreadAtLimit implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withLimitBytes(16 * MIB));
      List<Long> blocks = new ArrayList<>();
      for (long size : new long[] {MIB, 64 << 10, 60_000, 64, 4096}) {
        for (long at = Hakmem.tryAllocate(size); at != 0; at = Hakmem.tryAllocate(size)) {
          blocks.add(at);
        }
      }
      for (long at = Hakmem.tryAllocate(50_000); at != 0; at = Hakmem.tryAllocate(50_000)) {
        blocks.add(at);
      }
      long page = Hakmem.stats().limitBytes() - Hakmem.stats().committedBytes();
      assertTrue(page < 24 << 10, page + " bytes left: too many for this test");
      InThread.Action action =
          () -> {
            long last = blocks.getLast();
            assertEquals(0, Hakmem.tryAllocate(2 * MIB));
            assertTrue(Hakmem.owns(last));
            assertTrue(Hakmem.usableSize(last) > 0);
            Hakmem.free(blocks.removeLast());
            assertThrows(InvalidFreeException.class, () -> Hakmem.free(last));
          };
      InThread.run(action);
      InThread.runVirtual(action);
      blocks.forEach(Hakmem::free);
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().allocatedBytes());
      return argument;
    }
  }

  @Test
  void region_exhausted_isAnOutOfMemoryErrorAndUsableAfterwards() {
    FreshAllocator.run(ExhaustedRegion.class, "");
  }

  /** The smallest region there is. */
  static final class ExhaustedRegion implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(SMALL.withRegionBytes(64 * MIB));
      List<Long> blocks = new ArrayList<>();
      assertEquals(0, Hakmem.tryAllocate(65 * MIB));
      assertEquals(0, Hakmem.tryAllocate(Long.MAX_VALUE));
      assertThrows(OutOfMemoryError.class, () -> Hakmem.allocateAligned(16, 128 * MIB));
      OutOfMemoryError exhausted =
          assertThrows(
              OutOfMemoryError.class,
              () -> {
                while (true) {
                  blocks.add(Hakmem.allocate(700_000));
                }
              });
      assertTrue(String.valueOf(exhausted.getMessage()).contains("limit none"));
      blocks.forEach(Hakmem::free);
      Hakmem.free(Hakmem.allocate(60 * MIB));
      HeapVerifier.verify();
      return argument;
    }
  }
}
