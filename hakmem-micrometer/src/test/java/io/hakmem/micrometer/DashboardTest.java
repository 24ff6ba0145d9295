// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard and the page about production name what a scrape has, and all of it. */
final class DashboardTest {
  private static final Path DASHBOARD = Path.of("..", "docs", "grafana-dashboard.json");
  private static final Path PAGE = Path.of("..", "docs", "production.md");
  private static final Pattern NAME = Pattern.compile("\\bhakmem_\\w+");
  private static final Pattern TAGGED =
      Pattern.compile("(hakmem_\\w+)\\{[^}]*?((result|kind)=\"\\w+\")");

  private final String scrape = scrape();

  private static String scrape() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new HakmemMetrics().bindTo(registry);
    return registry.scrape();
  }

  private Set<String> scraped() {
    return scrape
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[{ ]", 2)[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void dashboard_namesMetricsOfTheScrape() throws IOException {
    Set<String> unknown = names(Files.readString(DASHBOARD));
    assertTrue(unknown.size() > 10, unknown::toString);
    unknown.removeAll(scraped());
    assertEquals(Set.of(), unknown);
  }

  @Test
  void page_explainsEveryMetricAndNoOther() throws IOException {
    assertEquals(scraped(), names(Files.readString(PAGE)));
  }

  @Test
  void tags_areThoseOfTheScrape() throws IOException {
    String both = Files.readString(PAGE) + Files.readString(DASHBOARD).replace("\\\"", "\"");
    Set<String> tagged = new HashSet<>();
    TAGGED
        .matcher(both)
        .results()
        .forEach(
            it -> {
              tagged.add(it.group(2));
              String sample = it.group(1) + "{" + it.group(2) + "} ";
              assertTrue(scrape.contains(sample), () -> sample + " is not in\n" + scrape);
            });
    assertEquals(Set.of("result=\"hit\"", "kind=\"refused\""), tagged);
  }

  @Test
  void panels_haveTitlesTargetsAndPlacesOfTheirOwn() throws IOException {
    JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    Set<String> places = new HashSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertTrue(!panel.get("title").asText().isEmpty(), panel::toString);
      assertTrue(!panel.get("description").asText().isEmpty(), panel::toString);
      for (JsonNode target : panel.get("targets")) {
        assertTrue(
            target.get("expr").asText().contains("instance=~\"$instance\""), panel::toString);
      }
      JsonNode place = panel.get("gridPos");
      for (int x = 0; x < place.get("w").asInt(); x++) {
        for (int y = 0; y < place.get("h").asInt(); y++) {
          int column = place.get("x").asInt() + x;
          assertTrue(column < 24, panel::toString);
          assertTrue(places.add(column + " " + (place.get("y").asInt() + y)), panel::toString);
        }
      }
    }
    assertEquals(10, dashboard.get("panels").size());
  }
}
