// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.subject.MallocSubject;
import io.hakmem.lab.subject.Subject;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeepsSlotsTest {
  @ParameterizedTest
  @CsvSource({
    "producer-consumer 50 64 42, true",
    "larson 1 8 1000 100 10 4141, true",
    "cache-scratch 100 8 10, true",
    "sh8-like 1000 7000 20000 2, true",
    "mt-remote 10000 400 16 2048 90 1024, false",
    "xmalloc-test 1 64, false",
    "mleak 10, false",
    "mstress 50 5, false",
    "rptest 0 1 2 20 100 100 8 16000, false",
  })
  void whetherABlockIsFreedUnderTheSlotItWasAllocatedUnder(String words, boolean keeps) {
    List<String> all = List.of(words.split(" ", -1));
    boolean threaded = !List.of("producer-consumer", "mleak").contains(all.getFirst());
    OptionalInt threads = threaded ? OptionalInt.of(2) : OptionalInt.empty();
    Workload workload =
        WorkloadCatalog.parse(all.getFirst(), all.subList(1, all.size()), threads).first(20_000);
    Map<Integer, Long> bySlot = new ConcurrentHashMap<>();
    AtomicLong wrong = new AtomicLong();
    workload.pass(slotCount -> new Watching(bySlot, wrong));
    assertTrue(workload.handsBlocksOver(), words);
    assertEquals(keeps, workload.keepsSlots(), words);
    assertEquals(keeps, wrong.get() == 0, () -> wrong + " blocks under a wrong slot");
  }

  /** malloc; counts blocks whose slot is taken at their birth, or not theirs at their end. */
  private static final class Watching extends Subject {
    private final Subject memory = new MallocSubject(0);
    private final Map<Integer, Long> bySlot;
    private final AtomicLong wrong;

    Watching(Map<Integer, Long> bySlot, AtomicLong wrong) {
      this.bySlot = bySlot;
      this.wrong = wrong;
    }

    private long born(int slot, long address) {
      if (bySlot.put(slot, address) != null) {
        wrong.incrementAndGet();
      }
      return address;
    }

    @Override
    public long allocate(int slot, long byteSize) {
      return born(slot, memory.allocate(slot, byteSize));
    }

    @Override
    public void free(int slot, long address) {
      if (!bySlot.remove(slot, address)) {
        wrong.incrementAndGet();
      }
      memory.free(slot, address);
    }

    @Override
    public long allocateZeroed(int slot, long byteSize) {
      return born(slot, memory.allocateZeroed(slot, byteSize));
    }

    @Override
    public long allocateAligned(int slot, long byteSize, long alignment) {
      return born(slot, memory.allocateAligned(slot, byteSize, alignment));
    }

    @Override
    public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
      long moved = memory.reallocate(slot, address, oldByteSize, newByteSize);
      bySlot.put(slot, moved);
      return moved;
    }
  }
}
