// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.attach;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemMonitoring;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMX;
import javax.management.MBeanServerConnection;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The hakmem of another JVM of the same user on this machine. */
public final class AttachedJvm implements AutoCloseable {
  /*
   * Attached to is for an instant only, to start the JVM's own agent for local JMX; what is asked
   * later comes through that. The bean appears a second or so after the agent, by the purge's idle tick.
   */

  /** Patience enough for any JVM that has hakmem. */
  public static final Duration BEAN_PATIENCE = Duration.ofSeconds(10);

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);
  private static final long BEAN_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final JMXConnector connector;
  private final Properties properties;
  private final MBeanServerConnection server;
  private final SortedSet<ObjectName> names;

  private AttachedJvm(long pid, JMXConnector connector, Properties properties, Duration patience)
      throws IOException {
    this.connector = connector;
    this.properties = properties;
    server = connector.getMBeanServerConnection();
    names = awaitBean(pid, server, patience);
  }

  /** As {@link #to(long, Duration)}, with {@link #BEAN_PATIENCE}. */
  public static AttachedJvm to(long pid) throws AttachFailure {
    return to(pid, BEAN_PATIENCE);
  }

  /**
   * Attaches to a JVM and waits for its hakmem, this long at most.
   *
   * @throws io.hakmem.lab.UsageException if there is no such JVM
   * @throws AttachFailure if it lets nobody in or has no hakmem
   */
  public static AttachedJvm to(long pid, Duration patience) throws AttachFailure {
    Processes.requireJvm(pid);
    Properties properties = new Properties();
    JMXConnector connector = connect(pid, properties);
    try {
      return new AttachedJvm(pid, connector, properties, patience);
    } catch (AttachFailure e) {
      close(connector);
      throw e;
    } catch (IOException | UndeclaredThrowableException e) {
      close(connector);
      throw new AttachFailure("JVM " + pid + " ended before it could be asked", e);
    }
  }

  @SuppressWarnings(
      "BanJNDI") // the address is what the JVM's own agent said, and names no directory
  private static JMXConnector connect(long pid, Properties properties) throws AttachFailure {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        properties.putAll(machine.getSystemProperties());
        return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
      } finally {
        machine.detach();
      }
    } catch (IOException | AttachNotSupportedException e) {
      throw new AttachFailure("cannot attach to JVM " + pid + ": " + e.getMessage(), e);
    }
  }

  /** The name without a loader's key comes first. */
  private static SortedSet<ObjectName> awaitBean(
      long pid, MBeanServerConnection server, Duration patience) throws IOException {
    ObjectName pattern = name(HakmemMonitoring.OBJECT_NAME + ",*");
    long start = System.nanoTime();
    SortedSet<ObjectName> names =
        new TreeSet<>(
            Comparator.comparingInt((ObjectName it) -> it.getKeyPropertyList().size())
                .thenComparing(Comparator.naturalOrder()));
    names.addAll(server.queryNames(pattern, null));
    while (names.isEmpty()) {
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new AttachFailure(
            "JVM "
                + pid
                + " has no hakmem, has not used it yet, or has it without background purge or in a"
                + " class loader of its own: then it has to call HakmemMonitoring.start()",
            null);
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

  /** The bean of its hakmem; of several, that of the system's class loader. */
  public HakmemMXBean bean() {
    return JMX.newMXBeanProxy(server, names.first(), HakmemMXBean.class);
  }

  /** How many hakmems it has, in so many class loaders. */
  public int beanCount() {
    return names.size();
  }

  /** Its other beans. */
  public MBeanServerConnection server() {
    return server;
  }

  /** A system property of its. */
  public String property(String key, String otherwise) {
    return properties.getProperty(key, otherwise);
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
