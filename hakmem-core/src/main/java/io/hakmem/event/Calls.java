// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.event;

import org.jspecify.annotations.Nullable;

/** Who sees every call; nobody, unless calls take the slow ways for it. */
public final class Calls {

  private static volatile @Nullable CallObserver observer;

  private Calls() {}

  /** Who is to be told; null for nobody. */
  public static @Nullable CallObserver observer() {
    return observer;
  }

  /** Has somebody told from now on, beside who is told already. */
  public static synchronized void add(CallObserver next) {
    CallObserver present = observer;
    observer = present == null ? next : new Both(present, next);
  }

  /** Has somebody told no more; no matter if nobody told it before. */
  public static synchronized void remove(CallObserver gone) {
    observer = without(observer, gone);
  }

  private static @Nullable CallObserver without(@Nullable CallObserver present, CallObserver gone) {
    if (present instanceof Both both) {
      CallObserver first = without(both.first, gone);
      CallObserver second = without(both.second, gone);
      return first == null ? second : second == null ? first : new Both(first, second);
    }
    return gone.equals(present) ? null : present;
  }

  /** Two of them, of which only one has tokens. */
  private record Both(CallObserver first, CallObserver second) implements CallObserver {
    @Override
    public void allocated(long address, long byteSize, long alignment, boolean zeroed) {
      first.allocated(address, byteSize, alignment, zeroed);
      second.allocated(address, byteSize, alignment, zeroed);
    }

    @Override
    public void freeing(long address) {
      first.freeing(address);
      second.freeing(address);
    }

    @Override
    public long reallocating(long address) {
      long token = first.reallocating(address);
      long other = second.reallocating(address);
      return token == UNKNOWN ? other : token;
    }

    @Override
    public void reallocated(long token, long address, long byteSize) {
      first.reallocated(token, address, byteSize);
      second.reallocated(token, address, byteSize);
    }

    @Override
    public void belongsTo(Object arena, long address) {
      first.belongsTo(arena, address);
      second.belongsTo(arena, address);
    }
  }
}
