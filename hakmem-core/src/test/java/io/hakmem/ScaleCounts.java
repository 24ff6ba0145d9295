// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/** What {@link ScaleClasses} counts: locks, atomics, and writes by cache line. */
public final class ScaleCounts {
  /*
   * A line is 64 bytes of an address off heap, 64 bytes of an array from its start on, or one object,
   * for where objects lie is the collector's business. Each knows who wrote last: a write by somebody
   * else has to transfer it from one core to another, and so has the word of a lock or an atomic.
   *
   *   shared write   to a line that more than one seat has written
   *   transfer       the part of them that finds another seat's write there
   *
   * One thread plays all seats, see ScaleSeats, so the counts depend on nothing but the seed; other
   * threads are not counted.
   */

  private static final int LINE_SHIFT = 6;
  private static final int SHARED = 1 << 16;
  private static final int WRITER_MASK = SHARED - 1;

  /** One lock, as far as it was taken. */
  private static final class Lock {
    final Object object;
    long taken;
    long handOvers;

    /** Of lines, while it was held. */
    long transfers;

    int taker;

    Lock(Object object) {
      this.object = object;
    }
  }

  private static final Map<Long, Integer> LINES = new HashMap<>();
  private static final IdentityHashMap<Object, int[]> OBJECTS = new IdentityHashMap<>();
  private static final IdentityHashMap<Object, Lock> LOCKS = new IdentityHashMap<>();
  private static final TreeMap<String, Long> TRANSFERS = new TreeMap<>();
  private static final ArrayDeque<Lock> HELD = new ArrayDeque<>();

  private static long operations;
  private static long quietOperations;
  private static long taken;
  private static long atomics;
  private static long atomicsWithoutLock;
  private static long sharedWrites;
  private static long transfers;
  private static long takenBefore;
  private static long atomicsBefore;

  private ScaleCounts() {}

  // ---- the load's side

  /** Forgets what was counted, not who wrote and locked last. */
  static void reset() {
    operations = 0;
    quietOperations = 0;
    taken = 0;
    atomics = 0;
    atomicsWithoutLock = 0;
    sharedWrites = 0;
    transfers = 0;
    TRANSFERS.clear();
    for (Lock lock : LOCKS.values()) {
      lock.taken = 0;
      lock.handOvers = 0;
      lock.transfers = 0;
    }
  }

  static void beginOperation() {
    takenBefore = taken;
    atomicsBefore = atomics;
  }

  static void endOperation() {
    operations++;
    if (taken == takenBefore) {
      quietOperations += atomics == atomicsBefore ? 1 : 0;
      atomicsWithoutLock += atomics - atomicsBefore;
    }
  }

  /** All counts, in the form of {@link ScaleFigures}. */
  static String report() {
    TreeMap<String, Long> counts = new TreeMap<>();
    counts.put("operations", operations);
    counts.put("quiet", quietOperations);
    counts.put("atomics", atomics);
    counts.put("atomicsWithoutLock", atomicsWithoutLock);
    counts.put("sharedWrites", sharedWrites);
    counts.put("transfers", transfers);
    counts.put("locks", taken);
    TRANSFERS.forEach((kind, count) -> counts.put("line." + kind, count));
    Lock busiest = new Lock("none");
    for (Lock lock : LOCKS.values()) {
      counts.merge("handOvers", lock.handOvers, Long::sum);
      String kind = lock.object.getClass().getSimpleName();
      counts.merge("lock." + kind, lock.taken, Long::sum);
      busiest = demand(lock) > demand(busiest) ? lock : busiest;
    }
    counts.put("busiest.taken", busiest.taken);
    counts.put("busiest.transfers", busiest.handOvers + busiest.transfers);
    counts.put("busiest.is." + busiest.object.getClass().getSimpleName(), 1L);
    StringBuilder text = new StringBuilder();
    counts.forEach((name, count) -> text.append(name).append('=').append(count).append('\n'));
    return text.toString();
  }

  /** How long a lock is not to be had, in transfers: see docs/scale.md. */
  private static long demand(Lock lock) {
    return lock.taken + lock.handOvers + lock.transfers;
  }

  // ---- called from the instrumented classes

  /** Before a monitor is entered. */
  public static void locking(Object object) {
    if (!ScaleSeats.isPlayer() || Thread.holdsLock(object)) {
      return;
    }
    dropReleased();
    Lock lock = LOCKS.computeIfAbsent(object, Lock::new);
    taken++;
    lock.taken++;
    int seat = ScaleSeats.number();
    if (lock.taker != seat && lock.taker != 0) {
      lock.handOvers++;
      transfer("lock");
    }
    lock.taker = seat;
    HELD.push(lock);
  }

  /** Before an atomic read-modify-write. */
  public static void atomic(Object object, int index) {
    if (ScaleSeats.isPlayer()) {
      atomics++;
      write(object, index, 1);
    }
  }

  /** Before elements of an array are written; of another object, anything. */
  public static void wrote(Object object, int index, int count) {
    if (ScaleSeats.isPlayer()) {
      write(object, index, count);
    }
  }

  /** Before a class writes bytes off heap. */
  public static void wrote(long address, long byteSize, String by) {
    if (!ScaleSeats.isPlayer() || byteSize <= 0) {
      return;
    }
    for (long line = address >>> LINE_SHIFT;
        line <= (address + byteSize - 1) >>> LINE_SHIFT;
        line++) {
      LINES.put(line, written(LINES.getOrDefault(line, 0), by));
    }
  }

  private static void write(Object object, int index, int count) {
    int shift = elementShift(object);
    int first = index << shift >>> LINE_SHIFT;
    int last = (index + Math.max(count, 1) - 1) << shift >>> LINE_SHIFT;
    int[] lines = OBJECTS.computeIfAbsent(object, ignored -> new int[last + 1]);
    if (lines.length <= last) {
      lines = Arrays.copyOf(lines, 2 * last + 1);
      OBJECTS.put(object, lines);
    }
    for (int line = first; line <= last; line++) {
      lines[line] = written(lines[line], "heap");
    }
  }

  private static int elementShift(Object object) {
    return switch (object) {
      case long[] ignored -> 3;
      case AtomicLongArray ignored -> 3;
      case int[] ignored -> 2;
      case Object[] ignored -> 2; // compressed references
      case AtomicIntegerArray ignored -> 2;
      case short[] ignored -> 1;
      default -> 0;
    };
  }

  /** The state of a line after a write. */
  private static int written(int state, String kind) {
    int seat = ScaleSeats.number();
    int writer = state & WRITER_MASK;
    boolean another = writer != 0 && writer != seat;
    int shared = another ? SHARED : state & SHARED;
    sharedWrites += shared == 0 ? 0 : 1;
    if (another) {
      transfer(kind);
    }
    return shared | seat;
  }

  /** A transfer makes everybody wait who waits for a lock that is held. */
  private static void transfer(String kind) {
    transfers++;
    TRANSFERS.merge(kind, 1L, Long::sum);
    dropReleased();
    for (Lock lock : HELD) {
      lock.transfers++;
    }
  }

  /** Locks nest: what was taken later was released before. */
  private static void dropReleased() {
    while (!HELD.isEmpty() && !Thread.holdsLock(HELD.peek().object)) {
      HELD.pop();
    }
  }
}
