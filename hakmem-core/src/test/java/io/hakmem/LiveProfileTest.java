// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.front.FrontCaches;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.management.JMX;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** A profile says where what is live was allocated, and nothing of what was freed. */
final class LiveProfileTest {

  /** So many samples that eight standard deviations are below the tolerance. */
  private static final long INTERVAL = 2 << 10;

  private static final int SIZE = 4_000;
  private static final int BLOCKS = 800;
  private static final double TOLERANCE = 0.3;

  @Test
  void plantedLeak_isFoundFirst_andFreedBlocksAreForgotten() {
    FreshAllocator.run(Leaking.class, "");
  }

  /** One place keeps what it allocates, others free it in different ways. */
  static final class Leaking implements UnaryOperator<String> {
    private final List<Long> kept = new ArrayList<>();

    @Override
    public String apply(String argument) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemProfile.start(INTERVAL);
      assertThrows(IllegalStateException.class, () -> HakmemProfile.start(1));
      handles();
      InThread.runVirtual(Leaking::virtual);
      List<Long> steady = new ArrayList<>();
      steady(steady);
      grows();
      HakmemProfile.Snapshot before = HakmemProfile.snapshot();
      assertEquals("grows", method(before.sites().getFirst()));
      assertAbout((long) BLOCKS * SIZE, before.sites().getFirst().bytes());
      assertAbout(BLOCKS, before.sites().getFirst().blocks());
      assertTrue(before.totalBytes() < 1.4 * BLOCKS * SIZE, before::collapsed);
      grows();
      HakmemProfile.Snapshot growth = HakmemProfile.snapshot().growthSince(before);
      assertEquals(List.of("grows"), growth.sites().stream().map(Leaking::method).toList());
      assertAbout((long) BLOCKS * SIZE, growth.totalBytes());
      assertTrue(growth.collapsed().matches("[^ ]+;io.hakmem.Hakmem.allocate:\\d+ \\d+\n"));
      kept.replaceAll(block -> reallocated(block));
      HakmemProfile.Snapshot moved = HakmemProfile.snapshot();
      assertEquals("reallocated", method(moved.sites().getFirst()));
      assertAbout(3L * BLOCKS * SIZE, moved.sites().getFirst().bytes());
      kept.forEach(Hakmem::free);
      steady.forEach(block -> Hakmem.free(block, SIZE));
      assertEquals(List.of(), HakmemProfile.snapshot().sites());
      HakmemProfile.stop();
      HakmemProfile.stop();
      assertThrows(IllegalStateException.class, HakmemProfile::snapshot);
      Hakmem.free(Hakmem.allocate(1));
      assertNotNull(FrontCaches.current(), "calls take the fast ways again");
      return argument;
    }

    private void grows() {
      for (int i = 0; i < BLOCKS; i++) {
        kept.add(Hakmem.allocate(SIZE));
      }
    }

    private static void steady(List<Long> blocks) {
      for (int i = 0; i < BLOCKS / 10; i++) {
        blocks.add(Hakmem.allocateZeroed(SIZE));
      }
    }

    private static long reallocated(long block) {
      return Hakmem.reallocate(block, SIZE + SIZE / 2);
    }

    private static void handles() {
      HakmemHandle handle = Hakmem.handle();
      for (int i = 0; i < BLOCKS; i++) {
        handle.free(handle.allocate(SIZE));
      }
    }

    private static void virtual() {
      for (int i = 0; i < BLOCKS; i++) {
        Hakmem.free(Hakmem.allocateSegment(SIZE));
      }
    }

    private static String method(HakmemProfile.Site site) {
      String frame = site.frames().get(site.frames().size() - 2);
      return frame.replaceAll(".*\\$Leaking\\.(\\w+):\\d+", "$1");
    }
  }

  private static void assertAbout(long expected, long actual) {
    assertEquals((double) expected, (double) actual, TOLERANCE * expected);
  }

  @Test
  void arenasThatNobodyClosed_areTold() {
    FreshAllocator.run(Arenas.class, "");
  }

  /** Some are closed, some are held, the rest is lost. */
  static final class Arenas implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemProfile.start(1);
      List<HakmemArena> held = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        closed();
        held.add(filled(HakmemArena.ofConfined()));
        lost();
      }
      Eventually.isTrue(
          () -> {
            System.gc();
            return dropped() == 20 * 100_000 + 10 * 1024;
          },
          () -> "dropped: " + dropped());
      held.forEach(HakmemArena::close);
      HakmemProfile.Snapshot snapshot = HakmemProfile.snapshot();
      assertEquals(dropped(), snapshot.totalBytes(), snapshot::collapsed);
      for (HakmemProfile.Site each : snapshot.sites()) {
        assertTrue(each.frames().toString().contains("$Arenas.lost:"), each::toString);
      }
      HakmemProfile.stop();
      return argument;
    }

    private static long dropped() {
      return HakmemProfile.snapshot().sites().stream()
          .mapToLong(HakmemProfile.Site::droppedBytes)
          .sum();
    }

    private static void closed() {
      try (HakmemArena arena = HakmemArena.ofConfined()) {
        assertNotNull(arena.allocate(100));
      }
    }

    private static void lost() {
      filled(HakmemArena.ofShared());
      assertNotNull(filled(HakmemArena.ofConfined()).allocate(10));
    }

    private static HakmemArena filled(HakmemArena arena) {
      assertNotNull(arena.allocate(100_000));
      return arena;
    }
  }

  @Test
  void knob_printsWhatIsLeftAtExit_orNothing() {
    List<String> options = List.of("-Dhakmem.profile.intervalBytes=1k");
    String said = ChildJava.run(options, Leaves.class, "a leak");
    List<String> lines = said.lines().toList();
    assertTrue(
        lines.get(0).matches("hakmem: about [\\d,]+ bytes are live at exit, .* 2 places:"), said);
    assertTrue(lines.get(2).contains("io.hakmem.Hakmem.allocate:"), said);
    assertTrue(lines.get(3).contains("Leaves.leaks:"), said);
    assertEquals("", ChildJava.run(options, Leaves.class));
  }

  /** Leaves a lot if it is told to, and frees everything else. */
  static final class Leaves {
    private Leaves() {}

    public static void main(String[] args) {
      for (int i = 0; i < 1000; i++) {
        Hakmem.free(Hakmem.allocate(SIZE));
        if (args.length > 0) {
          leaks();
        }
      }
      if (args.length > 0) {
        long ignored = Hakmem.allocate(10 * SIZE);
      }
    }

    private static void leaks() {
      long ignored = Hakmem.allocate(SIZE);
    }
  }

  @Test
  void bean_hasTheSnapshot() {
    FreshAllocator.run(Bean.class, "");
  }

  /** As a tool would. */
  static final class Bean implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemMonitoring.start();
      try {
        HakmemMXBean bean =
            JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName(HakmemMonitoring.OBJECT_NAME),
                HakmemMXBean.class);
        bean.startProfile(1);
        long block = Hakmem.allocate(1000);
        assertTrue(bean.isProfiling());
        assertEquals(HakmemProfile.snapshot(), bean.profileSnapshot());
        assertEquals(1000, bean.profileSnapshot().totalBytes());
        Hakmem.free(block);
        bean.stopProfile();
        assertFalse(bean.isProfiling());
      } catch (MalformedObjectNameException e) {
        throw new AssertionError(e);
      } finally {
        HakmemMonitoring.stop();
      }
      return argument;
    }
  }
}
