// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.attach;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemMonitoring;
import io.hakmem.lab.UsageException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
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

  /** The bean comes within a second or so of the first tool that attaches. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private final JMXConnector connector;
  private final HakmemMXBean bean;

  private AttachedJvm(JMXConnector connector, HakmemMXBean bean) {
    this.connector = connector;
    this.bean = bean;
  }

  /**
   * Attaches.
   *
   * @throws UsageException if there is no such process, it is no JVM that lets itself be attached
   *     to, or has no hakmem; the message is one line
   */
  @SuppressWarnings("BanJNDI") // the address comes from the JVM attached to and names no directory
  public static AttachedJvm to(String pid) throws IOException {
    JMXConnector connector = JMXConnectorFactory.connect(address(pid));
    boolean done = false;
    try {
      AttachedJvm attached = new AttachedJvm(connector, bean(connector, pid));
      done = true;
      return attached;
    } finally {
      if (!done) {
        connector.close();
      }
    }
  }

  private static JMXServiceURL address(String pid) throws IOException {
    if (!pid.matches("[1-9]\\d{0,9}")
        || ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive).isEmpty()) {
      throw new UsageException("no process has the id " + pid);
    }
    try {
      VirtualMachine machine = VirtualMachine.attach(pid);
      try {
        return new JMXServiceURL(machine.startLocalManagementAgent());
      } finally {
        machine.detach();
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new UsageException(
          "cannot attach to the process "
              + pid
              + ": it is no JVM of this user, or one that does not let others attach ("
              + e.getMessage()
              + ")");
    }
  }

  private static HakmemMXBean bean(JMXConnector connector, String pid) throws IOException {
    MBeanServerConnection server = connector.getMBeanServerConnection();
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    Set<ObjectName> names = names(server);
    while (names.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      names = names(server);
    }
    if (names.isEmpty()) {
      throw new UsageException(
          "the JVM "
              + pid
              + " does not use hakmem, or not where it can be seen: see"
              + " HakmemMonitoring.start()");
    }
    return JMX.newMXBeanProxy(server, names.iterator().next(), HakmemMXBean.class);
  }

  private static Set<ObjectName> names(MBeanServerConnection server) throws IOException {
    try {
      return server.queryNames(new ObjectName(HakmemMonitoring.OBJECT_NAME + ",*"), null);
    } catch (MalformedObjectNameException e) {
      throw new IllegalStateException(e);
    }
  }

  public HakmemMXBean bean() {
    return bean;
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException theJvmEnded) { // and with it the connection
    }
  }
}
