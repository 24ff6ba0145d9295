// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hakmem.micrometer.sample.OpenTelemetrySample;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** The sample, with a collector that keeps what it gets. */
final class OpenTelemetryTest {
  private static final int OK = 200;
  private static final Metric NONE = Metric.getDefaultInstance();

  private final BlockingQueue<ExportMetricsServiceRequest> received = new LinkedBlockingQueue<>();

  @Test
  void sample_sendsGaugesAndCounters() throws Exception {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer collector = HttpServer.create(loopback, 0);
    collector.createContext("/v1/metrics", this::receive);
    collector.start();
    try {
      int port = collector.getAddress().getPort();
      OpenTelemetrySample.main(new String[] {"http://127.0.0.1:" + port + "/v1/metrics"});
    } finally {
      collector.stop(0);
    }
    Map<String, Metric> metrics = new TreeMap<>();
    received.take().getResourceMetricsList().stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .forEach(metric -> metrics.put(metric.getName(), metric));
    Metric allocated = metrics.getOrDefault("hakmem.memory.allocated", NONE);
    assertTrue(allocated.hasGauge(), metrics::toString);
    assertEquals(1024, allocated.getGauge().getDataPoints(0).getAsDouble(), metrics::toString);
    assertEquals("bytes", allocated.getUnit());
    assertTrue(metrics.getOrDefault("hakmem.requests", NONE).hasSum(), metrics::toString);
    assertEquals(15, metrics.size(), metrics::toString);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      received.add(ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody()));
      exchange.sendResponseHeaders(OK, -1);
    }
  }
}
