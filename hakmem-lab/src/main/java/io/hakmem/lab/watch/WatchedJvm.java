// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import io.hakmem.HakmemMXBean;
import io.hakmem.HakmemStats;
import io.hakmem.lab.attach.AttachFailure;
import io.hakmem.lab.attach.AttachedJvm;
import io.hakmem.lab.attach.Processes;
import io.hakmem.lab.measure.ProcessMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.function.Supplier;

/** Another JVM of this machine that uses hakmem; any thread may ask, one at a time. */
public final class WatchedJvm implements AutoCloseable {
  private final AttachedJvm jvm;
  private final JvmFacts facts;
  private final HakmemMXBean hakmem;

  private WatchedJvm(AttachedJvm jvm, JvmFacts facts, HakmemMXBean hakmem) {
    this.jvm = jvm;
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
    return attach(pid, AttachedJvm.BEAN_PATIENCE);
  }

  static WatchedJvm attach(long pid, Duration patience) throws WatchFailure {
    AttachedJvm jvm;
    try {
      jvm = AttachedJvm.to(pid, patience);
    } catch (AttachFailure e) {
      throw new WatchFailure(String.valueOf(e.getMessage()), e);
    }
    try {
      HakmemMXBean bean = jvm.bean();
      return new WatchedJvm(jvm, facts(pid, jvm, bean), bean);
    } catch (IOException | UndeclaredThrowableException e) {
      jvm.close();
      throw new WatchFailure("JVM " + pid + " ended before it could be watched", e);
    } catch (WatchFailure e) {
      jvm.close();
      throw e;
    }
  }

  private static JvmFacts facts(long pid, AttachedJvm jvm, HakmemMXBean bean)
      throws IOException, WatchFailure {
    RuntimeMXBean runtime =
        ManagementFactory.newPlatformMXBeanProxy(
            jvm.server(), ManagementFactory.RUNTIME_MXBEAN_NAME, RuntimeMXBean.class);
    return new JvmFacts(
        pid,
        nameOf(jvm.property("sun.java.command", "")),
        jvm.property("java.version", "?"),
        runtime.getStartTime(),
        jvm.beanCount(),
        understood(pid, bean::getKnobs));
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
    HakmemStats stats = understood(facts.pid(), hakmem::getStats);
    return new Observation(
        System.currentTimeMillis(),
        System.nanoTime(),
        stats,
        understood(facts.pid(), hakmem::getSuperslabs),
        ProcessMemory.residentBytes(facts.pid()));
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
    return Processes.endsWithin(facts.pid(), patience);
  }

  @Override
  public void close() {
    jvm.close();
  }
}
