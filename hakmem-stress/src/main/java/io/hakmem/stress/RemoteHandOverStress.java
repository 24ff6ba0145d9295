// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.stress;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.Hakmem;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A batch of blocks is freed by one thread while another allocates blocks of the same class: those
 * freed may come back to it in the same instant. Each side writes its mark into every block it
 * holds and looks whether it is still there.
 *
 * <p>r1 counts marks that the freeing side lost, r2 those that the allocating side lost.
 */
@JCStressTest
@Outcome(
    id = "0, 0",
    expect = Expect.ACCEPTABLE,
    desc = "A block changed hands only after it was freed; nobody saw a stranger's mark.")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A block was in two hands: it was handed out before it was free.")
@State
public class RemoteHandOverStress {

  private static final int BLOCKS = 96;
  private static final long BYTES = 48;
  private static final long FREER = 1;
  private static final long ALLOCATOR = 2;

  private final long[] given = new long[BLOCKS];
  private final Deque<Long> taken = new ArrayDeque<>();

  /** Allocates, by whatever thread makes the states, what another one frees. */
  public RemoteHandOverStress() {
    for (int i = 0; i < BLOCKS; i++) {
      given[i] = Hakmem.allocate(BYTES);
      mark(given[i], FREER);
    }
  }

  @Actor
  public void free(II_Result r) {
    for (long address : given) {
      r.r1 += readMark(address) == FREER ? 0 : 1;
      Hakmem.free(address);
    }
  }

  @Actor
  public void allocate(II_Result r) {
    for (int i = 0; i < BLOCKS; i++) {
      long address = Hakmem.allocate(BYTES);
      mark(address, ALLOCATOR);
      taken.add(address);
    }
    for (long address : taken) {
      r.r2 += readMark(address) == ALLOCATOR ? 0 : 1;
    }
  }

  @Arbiter
  public void release() {
    taken.forEach(Hakmem::free);
  }

  private static void mark(long address, long mark) {
    view(address).set(JAVA_LONG, 0, mark);
  }

  private static long readMark(long address) {
    return view(address).get(JAVA_LONG, 0);
  }

  private static MemorySegment view(long address) {
    return MemorySegment.ofAddress(address).reinterpret(BYTES);
  }
}
