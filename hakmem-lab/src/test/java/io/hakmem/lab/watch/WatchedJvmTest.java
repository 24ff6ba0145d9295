// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.HakmemMonitoring;
import io.hakmem.SuperslabStats;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.Test;

/** What can be watched and what cannot, and how much of it is shown in how many cells. */
class WatchedJvmTest {

  @Test
  void programWithoutHakmem_isSaid() throws IOException {
    try (WatchedProcess other = WatchedProcess.start(Without.class)) {
      WatchFailure failure =
          assertThrows(
              WatchFailure.class, () -> WatchedJvm.attach(other.pid(), Duration.ofMillis(1)));
      assertTrue(
          String.valueOf(failure.getMessage())
              .startsWith("JVM " + other.pid() + " has no hakmem, "),
          failure::getMessage);
    }
  }

  /** Reads its input to the end. */
  static final class Without {
    private Without() {}

    public static void main(String[] args) throws IOException {
      System.out.println("ready");
      int ignored = System.in.read();
    }
  }

  @Test
  void hakmemOfAnotherVersion_isSaid() throws IOException {
    try (WatchedProcess other = WatchedProcess.start(Older.class)) {
      WatchFailure failure = assertThrows(WatchFailure.class, () -> WatchedJvm.attach(other.pid()));
      assertTrue(
          String.valueOf(failure.getMessage()).contains("of another version"), failure::getMessage);
    }
  }

  /** A bean that knows one attribute of today's. */
  public interface OldBean {
    long getAllocatedBytes();
  }

  /** Registers such a bean and reads its input to the end. */
  static final class Older {
    private Older() {}

    public static void main(String[] args) throws IOException, JMException {
      OldBean bean = () -> 1;
      ManagementFactory.getPlatformMBeanServer()
          .registerMBean(
              new StandardMBean(bean, OldBean.class), new ObjectName(HakmemMonitoring.OBJECT_NAME));
      System.out.println("ready");
      int ignored = System.in.read();
    }
  }

  @Test
  void programWithoutPerformanceData_isAJvmAllTheSame() throws Exception {
    try (WatchedProcess hidden = WatchedProcess.start(WatchedProgram.class, "-XX:-UsePerfData");
        WatchedJvm jvm = WatchedJvm.attach(hidden.pid())) {
      assertEquals(hidden.pid(), jvm.facts().pid());
      assertEquals("auto", jvm.facts().knobs().get("hakmem.os"));
    }
  }

  @Test
  void name_isTheMainClassOrTheJar() {
    assertEquals("a.Main", WatchedJvm.nameOf("a.Main --option x"));
    assertEquals("b.jar", WatchedJvm.nameOf("/opt/b.jar"));
    assertEquals("module/a.Main", WatchedJvm.nameOf("module/a.Main"));
    assertEquals("?[2J", WatchedJvm.nameOf("\033[2J"));
    assertEquals("", WatchedJvm.nameOf(""));
  }

  @Test
  void cells_takeAsManySlicesAsTheyMust() {
    SuperslabStats superslab =
        new SuperslabStats(
            0, 0, 0, "t---" + "p".repeat(28), "9000" + "0".repeat(28), "9999" + "9".repeat(28));
    SliceCells one = SliceCells.of(List.of(superslab), 32);
    assertEquals(1, one.slicesPerCell());
    assertEquals(new SliceCells.Cell('t', 1, 1), one.cells().getFirst());
    assertEquals(new SliceCells.Cell('-', 0, 1), one.cells().get(2));
    SliceCells four = SliceCells.of(List.of(superslab), 31);
    assertEquals(2, four.slicesPerCell());
    SliceCells eight = SliceCells.of(List.of(superslab), 8);
    assertEquals(new SliceCells.Cell('t', 0.25, 1), eight.cells().getFirst(), "held before free");
    SliceCells many = SliceCells.of(Collections.nCopies(1000, superslab), 100);
    assertEquals(512, many.slicesPerCell());
    assertEquals(63, many.cells().size());
    assertEquals(new SliceCells.Cell('p', 1 / 32.0, 1), many.cells().getLast());
  }

  @Test
  void quantities_fitIntoTheirColumns() {
    assertEquals("999 B", Quantities.bytes(999L));
    assertEquals("1.0 KiB", Quantities.bytes(1024L));
    assertEquals("1.0 MiB", Quantities.bytes((1L << 20) - 1));
    assertEquals("512 MiB", Quantities.bytes(512L << 20));
    assertEquals("8.0 EiB", Quantities.bytes(Long.MAX_VALUE));
    assertEquals("99999", Quantities.count(99_999));
    assertEquals("100 k", Quantities.count(100_000));
    assertEquals("12.3 M", Quantities.count(12_345_678));
    assertEquals("99.99 %", Quantities.percent(0.999_999));
    assertEquals("100.00 %", Quantities.percent(1.0));
    assertEquals("-", Quantities.rate(null));
  }
}
