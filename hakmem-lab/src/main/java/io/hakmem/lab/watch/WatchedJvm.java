// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemMonitoring;
import io.hakmem.HakmemStats;
import io.hakmem.lab.measure.ProcessMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Another JVM of this machine that uses hakmem; any thread may ask, one at a time. */
public final class WatchedJvm implements AutoCloseable {
  /*
   * Attached to is for an instant only, to start the JVM's own agent for local JMX; what is asked
   * later comes through that. The bean appears a second or so after the agent, by the purge's idle tick.
   */

  private static final Duration BEAN_PATIENCE = Duration.ofSeconds(10);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);
  private static final long BEAN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final long pid;
  private final JMXConnector connector;
  private final JvmFacts facts;
  private final HakmemMXBean hakmem;

  private WatchedJvm(long pid, JMXConnector connector, JvmFacts facts, HakmemMXBean hakmem) {
    this.pid = pid;
    this.connector = connector;
    this.facts = facts;
    this.hakmem = hakmem;
  }

  /**
   * Attaches to a JVM and waits for its hakmem.
   *
   * @throws io.hakmem.lab.UsageException if there is no such JVM
   * @throws WatchFailure if it lets nobody in or has no hakmem
   */
  public static WatchedJvm attach(long pid) throws WatchFailure {
    return attach(pid, BEAN_PATIENCE);
  }

  static WatchedJvm attach(long pid, Duration patience) throws WatchFailure {
    Processes.requireJvm(pid);
    Properties properties = new Properties();
    JMXConnector connector = connect(pid, properties);
    try {
      return find(pid, connector, properties, patience);
    } catch (IOException | UndeclaredThrowableException e) {
      close(connector);
      throw new WatchFailure("JVM " + pid + " ended before it could be watched", e);
    } catch (WatchFailure e) {
      close(connector);
      throw e;
    }
  }

  @SuppressWarnings(
      "BanJNDI") // the address is what the JVM's own agent said, and names no directory
  private static JMXConnector connect(long pid, Properties properties) throws WatchFailure {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        properties.putAll(machine.getSystemProperties());
        return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
      } finally {
        machine.detach();
      }
    } catch (IOException | AttachNotSupportedException e) {
      throw new WatchFailure("cannot attach to JVM " + pid + ": " + e.getMessage(), e);
    }
  }

  private static WatchedJvm find(
      long pid, JMXConnector connector, Properties properties, Duration patience)
      throws IOException, WatchFailure {
    MBeanServerConnection server = connector.getMBeanServerConnection();
    SortedSet<ObjectName> names = awaitBean(pid, server, patience);
    HakmemMXBean bean = JMX.newMXBeanProxy(server, names.first(), HakmemMXBean.class);
    RuntimeMXBean runtime =
        ManagementFactory.newPlatformMXBeanProxy(
            server, ManagementFactory.RUNTIME_MXBEAN_NAME, RuntimeMXBean.class);
    JvmFacts facts =
        new JvmFacts(
            pid,
            nameOf(properties.getProperty("sun.java.command", "")),
            properties.getProperty("java.version", "?"),
            runtime.getStartTime(),
            names.size(),
            understood(pid, bean::getKnobs));
    return new WatchedJvm(pid, connector, facts, bean);
  }

  /** The name without a loader's key comes first. */
  private static SortedSet<ObjectName> awaitBean(
      long pid, MBeanServerConnection server, Duration patience) throws IOException, WatchFailure {
    ObjectName pattern = name(HakmemMonitoring.OBJECT_NAME + ",*");
    long start = System.nanoTime();
    SortedSet<ObjectName> names =
        new TreeSet<>(
            Comparator.comparingInt((ObjectName it) -> it.getKeyPropertyList().size())
                .thenComparing(Comparator.naturalOrder()));
    names.addAll(server.queryNames(pattern, null));
    while (names.isEmpty()) {
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new WatchFailure(
            "JVM "
                + pid
                + " has no hakmem, has not used it yet, or has it without background purge or in a"
                + " class loader of its own: then it has to call HakmemMonitoring.start()");
      }
      LockSupport.parkNanos(BEAN_POLL_NANOS);
      names.addAll(server.queryNames(pattern, null));
    }
    return names;
  }

  private static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /**
   * Main class or name of the jar, of "main-class-or-path arguments", without what a terminal might
   * take for a command.
   */
  static String nameOf(String command) {
    int end = command.indexOf(' ');
    String word = end < 0 ? command : command.substring(0, end);
    String name = word.endsWith(".jar") ? word.substring(word.lastIndexOf('/') + 1) : word;
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  /** What does not change. */
  public JvmFacts facts() {
    return facts;
  }

  /**
   * Asks for everything.
   *
   * @throws WatchFailure if there is no answer, because the JVM ends or for another reason
   */
  public Observation observe() throws WatchFailure {
    HakmemStats stats = understood(pid, hakmem::getStats);
    return new Observation(
        System.currentTimeMillis(),
        System.nanoTime(),
        stats,
        understood(pid, hakmem::getSuperslabs),
        ProcessMemory.residentBytes(pid));
  }

  private static <T> T understood(long pid, Supplier<T> question) throws WatchFailure {
    try {
      return question.get();
    } catch (UndeclaredThrowableException e) {
      if (e.getCause() instanceof IOException) {
        throw new WatchFailure("JVM " + pid + " does not answer: " + e.getCause(), e);
      }
      throw otherVersion(pid, e);
    } catch (RuntimeException e) {
      throw otherVersion(pid, e);
    }
  }

  private static WatchFailure otherVersion(long pid, Exception e) {
    return new WatchFailure(
        "the hakmem of JVM " + pid + " is of another version than this command: " + e, e);
  }

  /** Whether its process is there no more, or is not after a while: it answers no more before. */
  boolean endsWithin(Duration patience) {
    return Processes.endsWithin(pid, patience);
  }

  @Override
  public void close() {
    close(connector);
  }

  /** A JVM that is stopped would never answer to a good-bye. */
  private static void close(JMXConnector connector) {
    Thread closing = Thread.ofPlatform().daemon().start(() -> closeNow(connector));
    try {
      closing.join(CLOSE_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeNow(JMXConnector connector) {
    try {
      connector.close();
    } catch (IOException gone) { // as wanted
    }
  }
}
