// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.lab.subject.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThreadedReplayTest {
  private static final int THREADS = 4;
  private static final int SLOTS = 20;
  private static final int EVENTS = 40_000;

  @TempDir Path folder;

  @Test
  void pass_keepsTheOrderOnEachSlotAndOnEachThread() {
    TraceFiles trace = new TraceFiles(SLOTS);
    Map<Integer, List<String>> expected = new HashMap<>();
    boolean[] live = new boolean[SLOTS];
    Random random = new Random(42);
    for (int n = 0; n < EVENTS; n++) {
      int slot = random.nextInt(SLOTS);
      int thread = random.nextInt(THREADS);
      trace.event(
          thread, live[slot] ? Trace.FREE : Trace.ALLOCATE, slot, live[slot] ? 0 : n + 1, 0);
      live[slot] = !live[slot];
      expected
          .computeIfAbsent(thread, key -> new ArrayList<>())
          .add(live[slot] ? "+" + slot + ":" + (n + 1) : "-" + slot);
    }
    Workload replay = ThreadedReplay.ofRecorded(trace.write(folder), folder.resolve("packed"));
    for (int pass = 0; pass < 2; pass++) {
      AtomicLongArray blocks = new AtomicLongArray(SLOTS);
      List<SlotSubject> opened = Collections.synchronizedList(new ArrayList<>());
      replay.pass(
          slotCount -> {
            SlotSubject subject = new SlotSubject(blocks);
            opened.add(subject);
            return subject;
          });
      List<List<String>> calls = opened.stream().skip(1).map(it -> it.calls).toList();
      assertEquals(new HashSet<>(expected.values()), new HashSet<>(calls));
    }
    assertEquals(EVENTS, replay.operations());
  }

  /** Refuses what is out of order on a slot; the address of a block is its size. */
  private static final class SlotSubject extends Subject {
    private final AtomicLongArray blocks;
    private final List<String> calls = new ArrayList<>();

    SlotSubject(AtomicLongArray blocks) {
      this.blocks = blocks;
    }

    @Override
    public long allocate(int slot, long byteSize) {
      calls.add("+" + slot + ":" + byteSize);
      assertEquals(0, blocks.getAndSet(slot, byteSize), "the slot is filled");
      return byteSize;
    }

    @Override
    public void free(int slot, long address) {
      calls.add("-" + slot);
      assertEquals(address, blocks.getAndSet(slot, 0), "not the block in the slot");
    }

    @Override
    public long allocateZeroed(int slot, long byteSize) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long allocateAligned(int slot, long byteSize, long alignment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
      throw new UnsupportedOperationException();
    }
  }
}
