// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.profile;

import io.hakmem.event.CallObserver;
import io.hakmem.event.Sampling;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps the stacks of a sample of the live blocks, drawn by their bytes. */
public final class LiveProfile implements CallObserver {
  /*
   * What is drawn when a block is allocated is forgotten when it is freed; so what is kept is a sample of
   * what is live, and stands for it. A reallocation is drawn anew, with its own stack. A stack is kept
   * as the virtual machine notes it for an exception and becomes text only when somebody asks.
   *
   * Where the Java heap or the stack has no room for a sample, it is lost, and nothing else.
   */

  /** What the blocks allocated by one stack have come to. */
  public static final class Total {
    private long bytes;
    private double blocks;
    private long droppedBytes;

    private Total() {}

    private void add(Sample sample) {
      bytes += sample.weight;
      blocks += (double) sample.weight / sample.byteSize;
      droppedBytes += sample.isDropped() ? sample.weight : 0;
    }

    /** Live bytes. */
    public long bytes() {
      return bytes;
    }

    /** Live blocks. */
    public long blocks() {
      return Math.round(blocks);
    }

    /** Of the bytes, those of arenas that nobody can close any more. */
    public long droppedBytes() {
      return droppedBytes;
    }
  }

  /** A block that was drawn. */
  @SuppressWarnings("serial") // never written
  private static final class Sample extends Throwable {
    final long byteSize;
    final long weight;
    volatile @Nullable WeakReference<Object> arena;

    Sample(long byteSize, long weight) {
      super(null, null, false, true);
      this.byteSize = byteSize;
      this.weight = weight;
    }

    boolean isDropped() {
      WeakReference<Object> present = arena;
      return present != null && present.get() == null;
    }
  }

  private final Map<Long, Sample> live = new ConcurrentHashMap<>();
  private final long meanBytes;

  /** A profile with one sample in so many bytes. */
  public LiveProfile(long meanBytes) {
    this.meanBytes = meanBytes;
  }

  /** Mean bytes between samples. */
  public long meanBytes() {
    return meanBytes;
  }

  @Override
  public void allocated(long address, long byteSize, long alignment, boolean zeroed) {
    draw(address, Math.max(byteSize, 1));
  }

  private void draw(long address, long byteSize) {
    try {
      long weight = Sampling.weigh(byteSize, meanBytes);
      if (weight > 0) {
        live.put(address, new Sample(byteSize, weight));
      } else {
        live.remove(address); // of a block whose free nobody saw
      }
    } catch (VirtualMachineError noRoom) { // the sample is lost
    }
  }

  @Override
  public void freeing(long address) {
    try {
      live.remove(address);
    } catch (VirtualMachineError noRoom) { // the next block at the address removes it
    }
  }

  @Override
  public long reallocating(long address) {
    freeing(address);
    return UNKNOWN;
  }

  @Override
  public void reallocated(long token, long address, long byteSize) {
    if (byteSize != FAILED) {
      draw(address, Math.max(byteSize, 1));
    }
  }

  @Override
  public void belongsTo(Object arena, long address) {
    try {
      Sample sample = live.get(address);
      if (sample != null) {
        sample.arena = new WeakReference<>(arena);
      }
    } catch (VirtualMachineError noRoom) { // the sample is one of a block without an arena
    }
  }

  /** What is live, by stack: frames as {@code class.method:line}, the root first. */
  public Map<List<String>, Total> totals() {
    Map<List<String>, Total> totals = new HashMap<>();
    Collection<Sample> samples = live.values();
    for (Sample each : samples) {
      totals.computeIfAbsent(frames(each), key -> new Total()).add(each);
    }
    return totals;
  }

  private static List<String> frames(Sample sample) {
    StackTraceElement[] stack = sample.getStackTrace();
    int innermost = 0;
    while (innermost + 1 < stack.length && isOwn(stack[innermost + 1].getClassName())) {
      innermost++;
    }
    List<String> frames = new ArrayList<>();
    for (int i = stack.length - 1; i >= innermost; i--) {
      StackTraceElement frame = stack[i];
      String line = frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "";
      frames.add(frame.getClassName() + "." + frame.getMethodName() + line);
    }
    return List.copyOf(frames);
  }

  /** Whether it is one of the classes that a call passes on its way to here. */
  private static boolean isOwn(String name) {
    return name.startsWith("io.hakmem.control.")
        || name.startsWith("io.hakmem.heap.")
        || name.startsWith("io.hakmem.event.")
        || name.startsWith("io.hakmem.profile.")
        || name.matches("io\\.hakmem\\.((Hakmem(Handle|Arena|Heap)?)|ConfinedArena|SharedArena)");
  }
}
