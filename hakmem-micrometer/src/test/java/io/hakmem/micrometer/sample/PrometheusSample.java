// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.micrometer.sample;

import io.hakmem.Hakmem;
import io.hakmem.micrometer.HakmemMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/** What Prometheus gets to see of hakmem. */
public final class PrometheusSample {
  private PrometheusSample() {}

  /** Allocates something and prints a scrape. */
  public static void main(String[] args) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new HakmemMetrics().bindTo(registry); // the one line
    long address = Hakmem.allocate(1000);
    System.out.print(registry.scrape());
    Hakmem.free(address);
  }
}
