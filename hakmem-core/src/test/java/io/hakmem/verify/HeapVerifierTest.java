// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.verify;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.HakmemConfig;
import io.hakmem.control.Allocator;
import io.hakmem.slab.SizeClasses;
import io.hakmem.superslab.LiveMap;
import io.hakmem.superslab.PageMap;
import io.hakmem.superslab.PoolLiveMap;
import io.hakmem.superslab.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verifier finds what is planted. */
final class HeapVerifierTest {

  private static final int TINY = SizeClasses.classOf(64);
  private static final int POOL = SizeClasses.classOf(4096);

  private final List<Long> blocks = new ArrayList<>();

  @BeforeAll
  static void configure() {
    HeapVerifier.verify(); // before the first use: nothing to check
    Hakmem.configure(HakmemConfig.DEFAULT.withPurgeDelayMillis(-1));
  }

  @BeforeEach
  void fill() {
    for (int i = 0; i < 100; i++) {
      blocks.add(Hakmem.allocate(i % 2 == 0 ? 64 : 4096));
      blocks.add(Hakmem.allocate(100_000));
    }
    for (int i = 0; i < 50; i++) {
      Hakmem.free(blocks.removeFirst());
    }
    HeapVerifier.verify();
  }

  @AfterEach
  void allIsWellAgain() {
    HeapVerifier.verify();
    blocks.forEach(Hakmem::free);
    HeapVerifier.verify();
  }

  private long live(long size) {
    return blocks.stream().filter(at -> Hakmem.usableSize(at) == size).findFirst().orElseThrow();
  }

  private static void finds(String what) {
    IllegalStateException found =
        assertThrows(IllegalStateException.class, HeapVerifier::verify, what);
    assertTrue(String.valueOf(found.getMessage()).length() > 10, "a message with the values");
  }

  @Test
  void verify_ofLiveBlockWithoutTrace_fails() {
    long address = live(64);
    LiveMap.set(address, 0);
    finds("a carved block without its byte");
    LiveMap.set(address, TINY);
    address = live(4096);
    int before = PoolLiveMap.get(address);
    PoolLiveMap.set(address, 0);
    finds("a carved pool block without its byte");
    PoolLiveMap.set(address, before);
  }

  @Test
  void verify_ofBlockMarkedFreeThatIsNowhere_fails() {
    long address = live(64);
    LiveMap.set(address, -TINY);
    finds("a lost block");
    LiveMap.set(address, TINY);
    address = live(4096);
    PoolLiveMap.set(address, PoolLiveMap.carvedAt(address));
    finds("a lost pool block");
    PoolLiveMap.set(address, PoolLiveMap.carvedAt(address) | PoolLiveMap.LIVE);
  }

  @Test
  void verify_ofCachedBlockMarkedLive_fails() {
    long address = live(64);
    Hakmem.free(address);
    LiveMap.set(address, TINY);
    finds("a live block in a cache");
    LiveMap.set(address, -TINY);
    blocks.remove(address);
  }

  @Test
  void verify_ofPageMapThatDisagrees_fails() {
    long address = live(64);
    int slice = Region.sliceOf(address);
    int entry = PageMap.entry(address);
    PageMap.register(slice, 1, PageMap.owner(entry), POOL);
    finds("a slice of another class");
    PageMap.register(slice, 1, PageMap.owner(entry), PageMap.kind(entry));
  }

  @Test
  void verify_ofFreeSliceThatIsEntered_fails() {
    long address = Hakmem.allocate(20 << 20);
    int slice = Region.sliceOf(address);
    Hakmem.free(address);
    PageMap.register(slice + 40, 1, 1, TINY);
    finds("an entry for a free slice");
    PageMap.forget(slice + 40, 1);
  }

  @Test
  void verify_ofBlocksTakenOutOfTheDepot_fails() {
    Allocator allocator = allocator();
    long[] taken = new long[4];
    int count = allocator.depot(TINY).refill(1, taken, 0, 4, 4);
    assertTrue(count > 0);
    finds("blocks in nobody's hands");
    allocator.depot(TINY).giveBack(taken, 0, count);
  }

  @Test
  void verify_ofAccountThatIsOff_fails() {
    assertTrue(allocator().account().tryCharge(1));
    finds("a byte too much in the account");
    allocator().account().uncharge(2);
    finds("a byte too little");
    assertTrue(allocator().account().tryCharge(1));
  }

  private static Allocator allocator() {
    return Objects.requireNonNull(Allocator.current());
  }
}
