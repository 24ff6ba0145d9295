// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.front.FrontCache;
import io.hakmem.front.Watch;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import io.hakmem.superslab.FreeResult;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * The front cache of one platform thread, without the look-up that {@link Hakmem} needs to find it.
 *
 * <p>Only the thread that got the handle may use it; a call from another one is refused with {@link
 * WrongThreadException}. Blocks are the same as those of {@link Hakmem}: any thread may free them
 * there.
 *
 * {@snippet file="io/hakmem/sample/ApiSnippets.java" region="handle"}
 */
public final class HakmemHandle {

  private final FrontCache cache;
  private final Thread thread;

  /** The thread as well; nobody while each call has to be seen: then all take the slow ways. */
  private @Nullable Thread owner;

  /** The handle of the calling thread. */
  HakmemHandle(FrontCache cache) {
    this.cache = cache;
    thread = Thread.currentThread();
    owner = thread;
    Watch.add(new Shortcut(this));
  }

  /** Does not keep the handle. */
  private record Shortcut(WeakReference<HakmemHandle> handle) implements Watch.Shortcut {
    Shortcut(HakmemHandle handle) {
      this(new WeakReference<>(handle));
    }

    @Override
    public boolean close(boolean closed) {
      HakmemHandle present = handle.get();
      if (present != null) {
        present.owner = closed ? null : present.thread;
      }
      return present != null;
    }
  }

  /** As {@link Hakmem#allocate}. */
  @HotPath
  public long allocate(long byteSize) {
    StackProbe.fastPath();
    if (Thread.currentThread() != owner) {
      return allocateWatched(byteSize);
    }
    long address = cache.allocate(byteSize);
    return address != Memory.NULL ? address : Hakmem.allocateSlow(byteSize, 1, false);
  }

  /** As {@link Hakmem#free(long)}. */
  @HotPath
  public void free(long address) {
    StackProbe.fastPath();
    if (Thread.currentThread() != owner) {
      freeWatched(address);
      return;
    }
    if (cache.free(address) != FreeResult.FREED) {
      freeFailed(address);
    }
  }

  /** As {@link Hakmem#free(long, long)}. */
  @HotPath
  public void free(long address, long byteSize) {
    StackProbe.fastPath();
    if (Thread.currentThread() != owner) {
      freeWatched(address, byteSize);
      return;
    }
    Hakmem.requireSize(byteSize);
    if (cache.free(address, byteSize) != FreeResult.FREED) {
      Hakmem.freeSizedSlow(address, byteSize);
    }
  }

  /** As {@link Hakmem#allocateZeroed(long)}. */
  public long allocateZeroed(long byteSize) {
    checkThread();
    return Hakmem.allocateZeroed(byteSize);
  }

  /** As {@link Hakmem#allocateAligned}. */
  public long allocateAligned(long byteSize, long alignment) {
    checkThread();
    return Hakmem.allocateAligned(byteSize, alignment);
  }

  /** As {@link Hakmem#reallocate}. */
  public long reallocate(long address, long newByteSize) {
    checkThread();
    return Hakmem.reallocate(address, newByteSize);
  }

  // ---- slow halves and errors

  private long allocateWatched(long byteSize) {
    checkThread();
    return Hakmem.allocateSlow(byteSize, 1, false);
  }

  private void freeWatched(long address) {
    checkThread();
    Hakmem.free(address);
  }

  private void freeWatched(long address, long byteSize) {
    checkThread();
    Hakmem.free(address, byteSize);
  }

  private void checkThread() {
    if (Thread.currentThread() != thread) {
      throw new WrongThreadException(
          "the handle belongs to " + thread + " and was used by " + Thread.currentThread());
    }
  }

  private void freeFailed(long address) {
    if (address != Memory.NULL) {
      Hakmem.release(address);
    }
  }
}
