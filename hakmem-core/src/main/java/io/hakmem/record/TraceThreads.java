// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers of this process's threads in a trace. One thread at a time. */
final class TraceThreads {
  /*
   * Threads stay apart as long as there are numbers; then those of threads that ended are used again.
   * Virtual threads come and go by the thousand and run on a thread for each processor: they share as
   * many numbers, by their ids.
   */

  static final int NONE = -1;

  private final LongIntMap numbers = new LongIntMap();

  /** By number; null for those of virtual threads. */
  private final List<@Nullable WeakReference<Thread>> owners = new ArrayList<>();

  private final long[] ids = new long[TraceLog.MAX_THREADS];
  private final int processors = Runtime.getRuntime().availableProcessors();

  // Of the thread that asked last, which often asks next.
  private long lastId;
  private int lastNumber = NONE;

  /** The calling thread's number; {@link #NONE} if there are too many threads. */
  int current() {
    Thread thread = Thread.currentThread();
    long id =
        thread.isVirtual() ? -1 - Math.floorMod(thread.threadId(), processors) : thread.threadId();
    if (id != lastId) {
      int number = numbers.get(id);
      lastNumber = number == LongIntMap.ABSENT ? enter(id, thread) : number;
      lastId = lastNumber == NONE ? 0 : id;
    }
    return lastNumber;
  }

  private int enter(long id, Thread thread) {
    WeakReference<Thread> owner = id < 0 ? null : new WeakReference<>(thread);
    int number = owners.size();
    if (number < ids.length) {
      owners.add(owner);
    } else {
      number = ofTheDead();
      if (number == NONE) {
        return NONE;
      }
      owners.set(number, owner);
      numbers.remove(ids[number]);
    }
    ids[number] = id;
    numbers.put(id, number);
    return number;
  }

  private int ofTheDead() {
    for (int i = 0; i < owners.size(); i++) {
      WeakReference<Thread> owner = owners.get(i);
      Thread thread = owner == null ? null : owner.get();
      if (owner != null && (thread == null || !thread.isAlive())) {
        return i;
      }
    }
    return NONE;
  }
}
