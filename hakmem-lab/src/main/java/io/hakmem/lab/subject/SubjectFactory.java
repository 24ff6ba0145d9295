// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;

/** Makes the subject of the calling thread. */
@FunctionalInterface
public interface SubjectFactory {
  /** Opens the subject for a workload that keeps its blocks in that many slots. */
  Subject open(int slotCount);

  /** A factory for a class of subjects by its name; loads this class and no other subject. */
  static SubjectFactory ofClass(String className) {
    try {
      Constructor<? extends Subject> constructor =
          Class.forName(className, false, SubjectFactory.class.getClassLoader())
              .asSubclass(Subject.class)
              .getConstructor(int.class);
      return slotCount -> open(constructor, slotCount);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("not a subject: " + className, e);
    }
  }

  private static Subject open(Constructor<? extends Subject> constructor, int slotCount) {
    try {
      return constructor.newInstance(slotCount);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(constructor.getDeclaringClass() + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
