// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.planted;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs one test class; the exit status is 1 if a test failed, 0 if some ran and none did. */
final class GateRun {

  private GateRun() {}

  /** The argument is the name of the test class. */
  public static void main(String[] arguments) throws ClassNotFoundException {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    try (LauncherSession session = LauncherFactory.openSession()) {
      // By the loader that the session's listener set: an allocator of the test's own.
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(selectClass(Class.forName(arguments[0], false, loader)))
              .build();
      session.getLauncher().execute(request, listener);
    }
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 3);
    if (summary.getTestsStartedCount() == 0 && summary.getTotalFailureCount() == 0) {
      System.out.println("no test ran");
      System.exit(3);
    }
    System.exit(summary.getTotalFailureCount() > 0 ? 1 : 0);
  }
}
