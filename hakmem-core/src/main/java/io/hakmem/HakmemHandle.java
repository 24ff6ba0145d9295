// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.front.FrontCache;
import io.hakmem.memory.HotPath;
import io.hakmem.memory.Memory;
import io.hakmem.memory.StackProbe;
import io.hakmem.superslab.FreeResult;
import org.jspecify.annotations.Nullable;

/**
 * The front cache of one platform thread, without the look-up that {@link Hakmem} needs to find it.
 *
 * <p>Only the thread that got the handle may use it; a call from another one is refused with {@link
 * WrongThreadException}. Blocks are the same as those of {@link Hakmem}: any thread may free them
 * there.
 */
public final class HakmemHandle {

  /*
   * The fast path begins with the question that every call has to ask. What leaves it there is another
   * thread's call, or the owner's own in the hardened mode, in which nobody is let in.
   */

  private final FrontCache cache;

  /** Who may take the fast path: the owner, or nobody. */
  private final @Nullable Thread direct;

  private final Thread owner = Thread.currentThread();

  /** The handle of the calling thread; with {@code isDirect} it goes to the cache. */
  HakmemHandle(FrontCache cache, boolean isDirect) {
    this.cache = cache;
    direct = isDirect ? owner : null;
  }

  /** As {@link Hakmem#allocate}. */
  @HotPath
  public long allocate(long byteSize) {
    StackProbe.fastPath();
    if (Thread.currentThread() != direct) {
      return allocateIndirect(byteSize);
    }
    long address = cache.allocate(byteSize);
    return address != Memory.NULL ? address : Hakmem.allocateSlow(byteSize, 1, false);
  }

  /** As {@link Hakmem#free(long)}. */
  @HotPath
  public void free(long address) {
    StackProbe.fastPath();
    if (Thread.currentThread() != direct) {
      freeIndirect(address);
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
    if (Thread.currentThread() != direct) {
      freeIndirect(address, byteSize);
      return;
    }
    Hakmem.requireSize(byteSize);
    int result = cache.free(address, byteSize);
    if (result != FreeResult.FREED && address != Memory.NULL) {
      throw Hakmem.refusal(result, address, "free");
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

  private long allocateIndirect(long byteSize) {
    checkThread();
    return Hakmem.allocate(byteSize);
  }

  private void freeIndirect(long address) {
    checkThread();
    Hakmem.free(address);
  }

  private void freeIndirect(long address, long byteSize) {
    checkThread();
    Hakmem.free(address, byteSize);
  }

  private void checkThread() {
    if (Thread.currentThread() != owner) {
      throw wrongThread();
    }
  }

  private void freeFailed(long address) {
    if (address != Memory.NULL) {
      throw Hakmem.refusal(Startup.allocator().explain(address), address, "free");
    }
  }

  private WrongThreadException wrongThread() {
    return new WrongThreadException(
        "the handle belongs to " + owner + " and was used by " + Thread.currentThread());
  }
}
