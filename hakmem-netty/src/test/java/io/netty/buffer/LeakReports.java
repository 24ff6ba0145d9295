// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.netty.buffer;

import io.netty.util.ResourceLeakDetector;
import java.util.logging.Logger;

/**
 * Hears what Netty's leak detector has to say of buffers; here, because that one is Netty's own.
 */
public final class LeakReports {
  // Held, for loggers that nobody holds lose their filters.
  private static final Logger LOG = Logger.getLogger(ResourceLeakDetector.class.getName());

  private LeakReports() {}

  /** From here on, {@code listener} gets the reports of leaked buffers, and the log does not. */
  public static void to(ResourceLeakDetector.LeakListener listener) {
    LOG.setFilter(_ -> false); // not its level: what would not be logged is not looked for
    AbstractByteBuf.leakDetector.setLeakListener(listener);
  }

  /** As it is without a listener. */
  public static void toTheLog() {
    AbstractByteBuf.leakDetector.setLeakListener(null);
    LOG.setFilter(null);
  }
}
