// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A class loader with classes of hakmem and of its tests that nobody else has: an allocator of its
 * own.
 */
class OwnClasses extends ClassLoader {

  private static final String PREFIX = "io.hakmem.";

  static {
    registerAsParallelCapable();
  }

  OwnClasses() {
    super("own", OwnClasses.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PREFIX)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    @Nullable URL file = getResource(name.replace('.', '/') + ".class");
    if (file == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream in = file.openStream()) {
      byte[] bytes = transform(name, in.readAllBytes());
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is to be defined for the bytes of a class. */
  byte[] transform(String name, byte[] bytes) {
    return bytes;
  }

  /** Whether a class is no class of the allocator's: it comes from another folder or archive. */
  static boolean isTest(String name) {
    return !placeOf(name).equals(placeOf(Hakmem.class.getName()));
  }

  private static String placeOf(String name) {
    String file = name.replace('.', '/') + ".class";
    URL found = Objects.requireNonNull(OwnClasses.class.getClassLoader().getResource(file));
    return found.toString().replace(file, "");
  }
}
