// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Threads that are played by one: each has a seat, as if on a processor of its own. */
public final class ScaleSeats {
  /*
   * The allocator knows a thread by Thread.currentThread, isAlive, its values of a ThreadLocal, and
   * asks for the number of processors; ScaleClasses turns these calls to here. What the player does in a
   * turn is then done by the thread on that seat, which was never started. So hundreds of threads take
   * turns after each single operation, in an order that a seed decides, whatever the machine.
   */

  private record Cell(Thread thread, ThreadLocal<?> local) {}

  private static final Thread PLAYER = Thread.currentThread();
  private static final Map<Cell, @Nullable Object> LOCALS = new HashMap<>();
  private static final Set<Thread> ALIVE = new HashSet<>();

  private static Thread[] threads = {PLAYER};
  private static int seat;
  private static boolean virtual;

  private ScaleSeats() {}

  /** Seats so many new threads. */
  static void fill(int count, boolean ofVirtual) {
    virtual = ofVirtual;
    threads = new Thread[count];
    for (int i = 0; i < count; i++) {
      replace(i);
    }
  }

  /** The thread on a seat is dead; another one takes the seat. */
  static void replace(int which) {
    if (threads[which] != null) {
      Thread dead = threads[which];
      ALIVE.remove(dead);
      LOCALS.keySet().removeIf(cell -> cell.thread().equals(dead));
    }
    Thread.Builder kind = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    threads[which] = kind.unstarted(() -> {});
    ALIVE.add(threads[which]);
  }

  /** It is a seat's turn. */
  static void turn(int which) {
    seat = which;
  }

  /** Which seat's turn it is, counted from 1. */
  static int number() {
    return seat + 1;
  }

  static boolean isPlayer() {
    return Thread.currentThread() == PLAYER;
  }

  // ---- called from the instrumented classes

  /** For {@link Thread#currentThread}. */
  public static Thread currentThread() {
    return isPlayer() ? threads[seat] : Thread.currentThread();
  }

  /** For {@link Thread#isAlive}. */
  public static boolean isAlive(Thread thread) {
    return ALIVE.contains(thread) || thread.isAlive();
  }

  /** For {@link ThreadLocal#get}. */
  public static @Nullable Object get(ThreadLocal<?> local) {
    return isPlayer() ? LOCALS.get(new Cell(threads[seat], local)) : local.get();
  }

  /** For {@link ThreadLocal#set}. */
  public static void set(ThreadLocal<@Nullable Object> local, @Nullable Object value) {
    if (isPlayer()) {
      LOCALS.put(new Cell(threads[seat], local), value);
    } else {
      local.set(value);
    }
  }

  /** For {@link Runtime#availableProcessors}. */
  public static int availableProcessors(Runtime ignored) {
    return threads.length;
  }
}
