// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import javax.management.JMException;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Test;

/** The bean, in this JVM's server and in another JVM's. */
final class HakmemMonitoringTest {

  @Test
  void bean_hasWhatTheStatisticsAndTheKnobsAre() {
    FreshAllocator.run(Bean.class, "");
    assertEquals(Set.of(), names(), "stopped");
  }

  /** Through the platform's server, as a tool would. */
  static final class Bean implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      HakmemConfig config =
          HakmemConfig.DEFAULT
              .withRegionBytes(1L << 30)
              .withPurgeDelayMillis(-1)
              .withLimitBytes(64 << 20);
      Hakmem.configure(config);
      HakmemMonitoring.start();
      HakmemMonitoring.start();
      HakmemMXBean bean = bean(ManagementFactory.getPlatformMBeanServer());
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        blocks.add(Hakmem.allocate(60));
      }
      HakmemStats stats = Hakmem.stats();
      assertEquals(stats, bean.getStats(), "records survive the way through open types");
      assertEquals(6400, bean.getAllocatedBytes());
      assertEquals(stats.cachedBytes(), bean.getCachedBytes());
      assertEquals(stats.committedBytes(), bean.getCommittedBytes());
      assertEquals(stats.peakCommittedBytes(), bean.getPeakCommittedBytes());
      assertEquals(64 << 20, bean.getLimitBytes());
      assertEquals(stats.strandedBytes(), bean.getStrandedBytes());
      assertEquals(stats.hits(), bean.getHits());
      assertEquals(stats.misses(), bean.getMisses());
      assertEquals(100, bean.getHits() + bean.getMisses());
      assertEquals("67108864", bean.getKnobs().get("hakmem.limitBytes"));
      assertEquals("auto", bean.getKnobs().get("hakmem.os"));
      assertEquals(HakmemConfig.knobs().size(), bean.getKnobs().size());
      blocks.forEach(Hakmem::free);
      assertTrue(bean.getCachedBytes() > 0);
      bean.purge();
      assertEquals(0, bean.getCachedBytes());
      HakmemMonitoring.stop();
      HakmemMonitoring.stop();
      return argument;
    }
  }

  @Test
  void superslabs_sayWhatLiesInEachSlice() {
    FreshAllocator.run(Superslabs.class, "");
  }

  /** A block of every tier, at places that are known in a fresh allocator. */
  static final class Superslabs implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemMonitoring.start();
      HakmemMXBean bean = bean(ManagementFactory.getPlatformMBeanServer());
      assertEquals(List.of(), bean.getSuperslabs());
      long huge = Hakmem.allocate((3L << 20) - 4096);
      long run = Hakmem.allocate(200 << 10);
      long pool = Hakmem.allocate(30 << 10);
      long tiny = Hakmem.allocate(1);
      List<SuperslabStats> superslabs = bean.getSuperslabs();
      assertEquals(4, superslabs.size(), superslabs::toString);
      String all = "h".repeat(32);
      String nines = "9".repeat(32);
      assertEquals(
          new SuperslabStats(huge, 2 << 20, 2 << 20, all, nines, nines), superslabs.getFirst());
      SuperslabStats rest = superslabs.get(1);
      assertEquals("9".repeat(16) + "0".repeat(16), rest.committed(), "by slices");
      assertEquals((1 << 20) - 4096, rest.usedBytes(), "by pages");
      SuperslabStats runs = superslabs.get(2);
      assertEquals(run, runs.address());
      assertEquals("r".repeat(32), runs.contents());
      assertEquals("9992" + "0".repeat(28), runs.used());
      assertEquals(200 << 10, runs.committedBytes());
      SuperslabStats slabs = superslabs.get(3);
      assertTrue(slabs.contents().matches("p+t-+"), slabs::toString);
      assertTrue(slabs.used().matches("[1-9]+0+"), slabs::toString);
      assertEquals(pool & -(2L << 20), slabs.address());
      Hakmem.free(tiny);
      Hakmem.free(huge);
      bean.purge();
      assertEquals(2, bean.getSuperslabs().size(), "clean and nobody's are left out");
      Hakmem.free(run);
      Hakmem.free(pool);
      HeapVerifier.verify();
      HakmemMonitoring.stop();
      return argument;
    }
  }

  private static HakmemMXBean bean(MBeanServerConnection server) {
    try {
      return JMX.newMXBeanProxy(
          server, new ObjectName(HakmemMonitoring.OBJECT_NAME), HakmemMXBean.class);
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  private static Set<String> names() {
    try {
      Set<String> names = new TreeSet<>();
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      server
          .queryNames(new ObjectName(HakmemMonitoring.OBJECT_NAME + ",*"), null)
          .forEach(each -> names.add(each.toString()));
      return names;
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void secondClassLoader_getsANameOfItsOwn() throws JMException {
    FreshAllocator.run(Stays.class, "");
    assertEquals(Set.of(HakmemMonitoring.OBJECT_NAME), names());
    FreshAllocator.run(Stays.class, "");
    Set<String> both = names();
    assertEquals(2, both.size(), both.toString());
    for (String each : both) {
      assertTrue(each.matches("io\\.hakmem:type=Hakmem(,loader=[0-9a-f]+)?"), each);
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(new ObjectName(each));
    }
  }

  /** An allocator that leaves its bean. */
  static final class Stays implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.configure(TestMode.DEFAULT.withPurgeDelayMillis(-1));
      HakmemMonitoring.start();
      return argument;
    }
  }

  @SuppressWarnings("BanJNDI") // the address comes from a child of ours and names no directory
  @Test
  void toolThatAttaches_findsTheBean() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    assertEquals("true", program.inputReader(StandardCharsets.UTF_8).readLine(), "no server yet");
    VirtualMachine machine = VirtualMachine.attach(Long.toString(program.pid()));
    JMXServiceURL url = new JMXServiceURL(machine.startLocalManagementAgent());
    machine.detach();
    try (JMXConnector connector = JMXConnectorFactory.connect(url)) {
      MBeanServerConnection server = connector.getMBeanServerConnection();
      ObjectName name = new ObjectName(HakmemMonitoring.OBJECT_NAME);
      Eventually.isTrue(() -> isRegistered(server, name), () -> "no bean appears");
      assertEquals(1008, bean(server).getAllocatedBytes(), "nine blocks of 112 bytes");
      assertEquals(1008, bean(server).getStats().allocatedBytes());
      assertFalse(bean(server).getKnobs().isEmpty());
    }
    program.getOutputStream().close();
    assertEquals(0, program.waitFor());
  }

  private static boolean isRegistered(MBeanServerConnection server, ObjectName name) {
    try {
      return server.isRegistered(name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Says whether there is no server, then waits for the end of its standard input. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
      for (int i = 0; i < 9; i++) {
        Hakmem.allocate(100);
      }
      System.out.println(MBeanServerFactory.findMBeanServer(null).isEmpty());
      int ignored = System.in.read();
    }
  }
}
