// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.function.UnaryOperator;

/** Runs code on an allocator that was never used before, as often as a test likes. */
final class FreshAllocator {

  private FreshAllocator() {}

  /**
   * Makes a {@code scenario} in a class loader of its own, which hence has an allocator of its own,
   * and applies it to {@code argument}. What crosses the border are strings: classes of hakmem
   * differ on its two sides.
   */
  static String run(Class<? extends UnaryOperator<String>> scenario, String argument) {
    return run(scenario, argument, new OwnClasses());
  }

  /** As above, in a given class loader that was never used before. */
  static String run(
      Class<? extends UnaryOperator<String>> scenario, String argument, OwnClasses classes) {
    try {
      Class<?> own = Class.forName(scenario.getName(), true, classes);
      Constructor<?> constructor = own.getDeclaredConstructor();
      constructor.setAccessible(true); // its package is another one, though of the same name
      Object made = constructor.newInstance();
      return (String) UnaryOperator.class.getMethod("apply", Object.class).invoke(made, argument);
    } catch (InvocationTargetException e) {
      throw new AssertionError(scenario.getSimpleName() + "(" + argument + ")", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(scenario.getName(), e);
    }
  }
}
