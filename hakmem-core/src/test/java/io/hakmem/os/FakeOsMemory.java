// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** The memory of the system underneath, with calls counted, and refused on demand. */
public final class FakeOsMemory implements OsMemory {

  /** A kind of call. */
  public enum Call {
    RESERVE,
    LABEL,
    ALLOW_READ,
    COMMIT,
    DECOMMIT,
    MOVE,
    FORBID,
    PERMIT,
    RELEASE
  }

  /** Decides whether a call is refused. */
  @FunctionalInterface
  public interface Refusal {

    /** Refuses nothing. */
    Refusal NEVER = (call, number) -> false;

    /** Whether to refuse the call with a number, counted from 1. */
    boolean refuses(Call call, long number);
  }

  /** Sees addresses before they are given back. */
  @FunctionalInterface
  public interface DecommitListener {
    void beforeDecommit(long address, long byteSize);
  }

  private final OsMemory real;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final TreeMap<Long, Long> reserved = new TreeMap<>();
  private final TreeMap<Long, String> labels = new TreeMap<>();
  private volatile Refusal refusal = Refusal.NEVER;
  private volatile long most = Long.MAX_VALUE;
  private volatile DecommitListener listener = (address, byteSize) -> {};

  /** Calls go on to {@code real}. */
  public FakeOsMemory(OsMemory real) {
    this.real = real;
  }

  /** On the memory of the system that the tests run on, or on what {@code hakmem.os} says. */
  public static FakeOsMemory onThisSystem() {
    return new FakeOsMemory(
        System.getProperty("hakmem.os", "linux").equals("portable")
            ? new PortableMemory()
            : new LinuxMemory(LinuxConstants.of(System.getProperty("os.arch")).orElseThrow()));
  }

  /** From now on, this decides; calls are counted from 1 again. */
  public void refuse(Refusal newRefusal) {
    calls.set(0);
    refused.set(0);
    refusal = newRefusal;
  }

  /** From now on, at most this many bytes may be reserved in all. */
  public void bound(long bytes) {
    most = bytes;
  }

  /** Calls this before each decommit. */
  public void listen(DecommitListener newListener) {
    listener = newListener;
  }

  /** Calls since {@link #refuse}. */
  public long calls() {
    return calls.get();
  }

  /** Refused calls since {@link #refuse}. */
  public long refusedCalls() {
    return refused.get();
  }

  /** Address space that is reserved and not released. */
  public synchronized long reservedBytes() {
    return reserved.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Names by address, whether the system beneath has them or not. */
  public synchronized Map<Long, String> labels() {
    return new TreeMap<>(labels);
  }

  private boolean refuses(Call call) {
    boolean refuses = refusal.refuses(call, calls.incrementAndGet());
    if (refuses) {
      refused.incrementAndGet();
    }
    return refuses;
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public int pageBytes() {
    return real.pageBytes();
  }

  @Override
  public long usualRegionBytes() {
    return real.usualRegionBytes();
  }

  @Override
  public boolean returnsMemory() {
    return real.returnsMemory();
  }

  @Override
  public long reserve(long wanted, long byteSize) {
    boolean refused = refuses(Call.RESERVE) || reservedBytes() + byteSize > most;
    long address = refused ? 0 : real.reserve(wanted, byteSize);
    if (address != 0) {
      synchronized (this) {
        reserved.put(address, byteSize);
      }
    }
    return address;
  }

  @Override
  public boolean label(long address, long byteSize, String name) {
    if (refuses(Call.LABEL)) {
      return false;
    }
    synchronized (this) {
      labels.put(address, name);
    }
    return real.label(address, byteSize, name);
  }

  @Override
  public boolean allowRead(long address, long byteSize) {
    return !refuses(Call.ALLOW_READ) && real.allowRead(address, byteSize);
  }

  @Override
  public boolean commit(long address, long byteSize) {
    return !refuses(Call.COMMIT) && real.commit(address, byteSize);
  }

  @Override
  public boolean decommit(long address, long byteSize) {
    listener.beforeDecommit(address, byteSize);
    return !refuses(Call.DECOMMIT) && real.decommit(address, byteSize);
  }

  @Override
  public boolean move(long from, long to, long byteSize) {
    return !refuses(Call.MOVE) && real.move(from, to, byteSize);
  }

  @Override
  public boolean forbid(long address, long byteSize) {
    return !refuses(Call.FORBID) && real.forbid(address, byteSize);
  }

  @Override
  public boolean permit(long address, long byteSize, String name) {
    return !refuses(Call.PERMIT) && real.permit(address, byteSize, name);
  }

  @Override
  public boolean release(long address, long byteSize) {
    if (refuses(Call.RELEASE) || !real.release(address, byteSize)) {
      return false;
    }
    forget(address, address + byteSize);
    return true;
  }

  /** Takes a range, which may be the middle of a reservation, out of the reserved ones. */
  private synchronized void forget(long from, long to) {
    Map.Entry<Long, Long> range = reserved.floorEntry(from);
    if (range == null) {
      throw new AssertionError("released what was never reserved: " + from);
    }
    long start = range.getKey();
    long end = start + range.getValue();
    reserved.remove(start);
    if (to > end) {
      throw new AssertionError("released beyond the end of a reservation: " + to);
    }
    if (start < from) {
      reserved.put(start, from - start);
    }
    if (to < end) {
      reserved.put(to, end - to);
    }
  }

  @Override
  public OsCallCounts callCounts() {
    return real.callCounts();
  }
}
