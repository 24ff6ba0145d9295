// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.jfr.JfrRecorder;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import org.jspecify.annotations.Nullable;

/**
 * Lets the JVM's own tools see hakmem: Flight Recorder its events, JMX its {@link HakmemMXBean}.
 *
 * <p>Where hakmem is on the class path or module path of the program, this happens by itself:
 * events are in every recording, and the bean appears within a second or so after the platform's
 * server was made, by the program or by a tool that attaches. A class loader that may end before
 * the JVM does, as that of a web application, would be kept alive by it: a program in such a one
 * calls {@link #start} and, before its end, {@link #stop}.
 *
 * <p>Where the modules jdk.jfr and java.management are not readable, that part is left out; on a
 * module path that may take {@code --add-modules}.
 */
public final class HakmemMonitoring {
  /*
   * Neither tool is started by hakmem itself: a listener waits for recordings, and the background
   * purge looks whether there is a server. Both cost a millisecond at the start at most. Classes that
   * name types of the optional modules are loaded behind reads only.
   */

  /** Name of the bean; further class loaders' have a key {@code loader} too. */
  public static final String OBJECT_NAME = "io.hakmem:type=Hakmem";

  private static @Nullable JfrRecorder recorder;
  private static @Nullable ManagedHakmem bean;

  private HakmemMonitoring() {}

  /** Starts hakmem if need be, waits for recordings and registers the bean, unless that is done. */
  public static synchronized void start() {
    Allocator ignored = Startup.allocator();
    startRecorder();
    if (bean == null && reads("java.management")) {
      bean = ManagedHakmem.register(ManagementFactory.getPlatformMBeanServer());
    }
  }

  /** Undoes {@link #start}. */
  public static synchronized void stop() {
    JfrRecorder started = recorder;
    if (started != null) {
      started.stop();
      recorder = null;
    }
    ManagedHakmem registered = bean;
    if (registered != null) {
      registered.unregister();
      bean = null;
    }
  }

  /** What happens by itself when an allocator was installed. */
  static void begin(Allocator allocator) {
    if (ClassLoader.getSystemClassLoader().equals(HakmemMonitoring.class.getClassLoader())) {
      startRecorder();
      if (reads("java.management")) {
        allocator.atEachTick(HakmemMonitoring::registerIfWanted);
      }
    }
  }

  private static synchronized void startRecorder() {
    if (recorder == null && reads("jdk.jfr")) {
      recorder = JfrRecorder.start(() -> new StatsEvents().byType());
    }
  }

  /** Whether the tick has nothing left to do. */
  private static synchronized boolean registerIfWanted() {
    MBeanServer server = bean == null ? ManagedHakmem.existingServer() : null;
    if (server != null) {
      bean = ManagedHakmem.register(server);
    }
    return bean != null;
  }

  private static boolean reads(String module) {
    Module own = HakmemMonitoring.class.getModule();
    return ModuleLayer.boot().findModule(module).filter(own::canRead).isPresent();
  }
}
