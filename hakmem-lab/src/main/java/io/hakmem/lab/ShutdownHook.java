// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab;

/** What is done should this JVM go down before it is closed. */
public final class ShutdownHook implements AutoCloseable {
  private final Thread thread;

  /**
   * Arranges for an action.
   *
   * @throws IllegalStateException if the JVM is going down already
   */
  public ShutdownHook(Runnable action) {
    thread = new Thread(action, "hakmem-shutdown");
    Runtime.getRuntime().addShutdownHook(thread);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is going down and does it: nothing to remove.
    }
  }
}
