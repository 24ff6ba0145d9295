// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import java.util.ArrayList;
import java.util.List;

/** Sends all calls the slow ways while somebody has to see each of them. */
public final class Watch {
  /*
   * The fast paths have no instruction to spare for it. They find a thread's cache in a table, which is
   * empty meanwhile; a handle finds it by itself, and does not meanwhile.
   */

  /** A way to a cache that goes past the table. */
  public interface Shortcut {
    /** Closes or opens the way; false if nobody can take it any more. */
    boolean close(boolean closed);
  }

  private static final int FIRST_SWEEP = 64;

  private static final List<Shortcut> SHORTCUTS = new ArrayList<>();
  private static int sweepAt = FIRST_SWEEP;
  private static int watchers;

  private Watch() {}

  /** Somebody has to see each call from now on. */
  public static synchronized void begin() {
    watchers++;
    if (watchers == 1) {
      turn(true);
    }
  }

  /** Somebody who began has not to any more. */
  public static synchronized void end() {
    watchers--;
    if (watchers == 0) {
      turn(false);
    }
  }

  private static void turn(boolean on) {
    FrontCaches.hide(on);
    for (int i = 0; i < SHORTCUTS.size(); i++) { // makes no object
      boolean ignored = SHORTCUTS.get(i).close(on);
    }
  }

  /** Adds a way to those that are closed meanwhile. */
  public static synchronized void add(Shortcut shortcut) {
    if (SHORTCUTS.size() >= sweepAt) {
      SHORTCUTS.removeIf(each -> !each.close(watchers > 0));
      sweepAt = Math.max(FIRST_SWEEP, 2 * SHORTCUTS.size());
    }
    SHORTCUTS.add(shortcut);
    boolean ignored = shortcut.close(watchers > 0);
  }
}
