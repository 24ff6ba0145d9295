// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.micrometer.sample;

import io.hakmem.Hakmem;
import io.hakmem.micrometer.HakmemMetrics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;

/** What an OpenTelemetry collector gets to see of hakmem. */
public final class OpenTelemetrySample {
  private OpenTelemetrySample() {}

  /** Allocates something and sends the figures to a collector, by default the one of this host. */
  public static void main(String[] args) {
    String collector = args.length > 0 ? args[0] : "http://localhost:4318/v1/metrics";
    OtlpConfig config = key -> key.equals("otlp.url") ? collector : null;
    OtlpMeterRegistry registry = new OtlpMeterRegistry(config, Clock.SYSTEM); // sends each minute
    new HakmemMetrics().bindTo(registry); // the one line
    long address = Hakmem.allocate(1000);
    registry.close(); // sends once more
    Hakmem.free(address);
  }
}
