// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Loads each test class, and the allocator it tests, in a class loader of its own. */
@SuppressWarnings("exports") // of a module that the tests are no part of when they run
public final class AllocatorPerTestClass implements LauncherSessionListener {
  /*
   * An allocator lives as long as its class loader and cannot be configured twice. A process for each
   * test class would do as well, but Surefire then loads the test classes in Maven's own process,
   * which may run on a Java that is too old for them.
   */

  /** For the service loader. */
  public AllocatorPerTestClass() {}

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Thread thread = Thread.currentThread();
    thread.setContextClassLoader(new Dispatcher(thread.getContextClassLoader()));
  }

  /** The loader that JUnit asks for test classes by name. */
  private static final class Dispatcher extends ClassLoader {

    private final ConcurrentHashMap<String, OwnClasses> loaders = new ConcurrentHashMap<>();

    Dispatcher(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return name.startsWith("io.hakmem.")
          ? loaders
              .computeIfAbsent(name.replaceFirst("\\$.*", ""), ignored -> new OwnClasses())
              .loadClass(name)
          : super.loadClass(name, resolve);
    }
  }
}
