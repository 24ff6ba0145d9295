// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.compare.Verdict;
import io.hakmem.lab.report.Browser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The report of a suite as a browser shows it; needs Chromium and its driver (see .ci/run). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuitePageBrowserTest {
  private static final SuiteReport REPORT = GivenRuns.example();
  private static final Map<Verdict, String> COLOURS =
      Map.of(
          Verdict.FASTER, "#1a7f37",
          Verdict.SLOWER, "#b42318",
          Verdict.NO_DIFFERENCE_SHOWN, "#8a8f98");

  private Browser chromium;
  private ChromeDriver browser;
  private final List<String> requests = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  void open(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("index.html");
    SuitePage.write(page, REPORT);
    chromium = new Browser();
    browser = chromium.driver();
    chromium.open(page);
    complaints.addAll(chromium.complaints());
    requests.addAll(chromium.requests());
  }

  @AfterAll
  void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void page_asksForNothingButItself() {
    assertEquals(List.of(browser.getCurrentUrl()), requests);
  }

  @Test
  void page_writesNothingToTheConsole() {
    assertEquals(List.of(), complaints);
  }

  @Test
  void page_fitsIntoTheWindow() {
    assertTrue(chromium.fits());
  }

  @Test
  void ratios_haveABarForEachWorkloadInTheColourOfItsVerdict() {
    assertEquals(
        Map.of(
            COLOURS.get(Verdict.FASTER),
            1,
            COLOURS.get(Verdict.SLOWER),
            1,
            COLOURS.get(Verdict.NO_DIFFERENCE_SHOWN),
            1),
        bars("ratios"));
    String text = browser.findElement(By.cssSelector("#ratios svg")).getText();
    for (SuiteReport.Line line : REPORT.lines()) {
      assertTrue(text.contains(line.label()), text);
    }
  }

  @Test
  void means_haveABarForEachStanding() {
    Map<String, Integer> expected = new TreeMap<>();
    REPORT
        .standings()
        .forEach(it -> expected.merge(COLOURS.get(it.time().verdict()), 1, Integer::sum));
    assertEquals(expected, bars("means"));
  }

  /** How many bars of each colour a chart has that can be seen. */
  private Map<String, Integer> bars(String chart) {
    Map<String, Integer> bars = new TreeMap<>();
    for (WebElement shape : browser.findElements(By.cssSelector("#" + chart + " svg path[fill]"))) {
      String fill = shape.getDomAttribute("fill");
      if (COLOURS.containsValue(fill) && shape.getSize().getHeight() > 5) {
        bars.merge(fill, 1, Integer::sum);
      }
    }
    return bars;
  }

  @Test
  void tables_areComplete() {
    assertRows("workloads", REPORT.lines().size());
    assertRows("standings", REPORT.standings().size());
    assertRows("nanos", REPORT.lines().size());
    assertRows("memory", REPORT.lines().size());
    assertEquals(2, browser.findElements(By.cssSelector("#missing li")).size());
    for (String id : List.of("workloads", "standings", "nanos", "memory")) {
      String text = browser.findElement(By.id(id)).getText();
      assertTrue(!text.contains("undefined") && !text.contains("NaN"), text);
    }
  }

  private void assertRows(String table, int rows) {
    int columns = browser.findElements(By.cssSelector("#" + table + " thead th")).size();
    assertTrue(columns > 4, table + " has " + columns + " columns");
    List<WebElement> lines = browser.findElements(By.cssSelector("#" + table + " tbody tr"));
    assertEquals(rows, lines.size(), table);
    for (WebElement line : lines) {
      assertTrue(line.isDisplayed(), table);
      assertEquals(columns, line.findElements(By.tagName("td")).size(), table);
    }
  }

  @Test
  void tables_showLossesAsLosses() {
    WebElement loss = browser.findElements(By.cssSelector("#workloads tbody tr")).get(1);
    assertTrue(loss.getText().startsWith("a loss * 20.10 10.10 native-glibc 0.50"), loss::getText);
    assertEquals(
        "rgba(180, 35, 24, 1)", loss.findElement(By.className("worse")).getCssValue("color"));
  }

  @Test
  void names_areTextAndNeverMarkup() {
    assertTrue(browser.findElement(By.id("workloads")).getText().contains("level </script><b>"));
    assertTrue(browser.findElement(By.id("missing")).getText().contains("<libtcmalloc>"));
    assertTrue(browser.findElements(By.tagName("b")).isEmpty());
  }

  @Test
  void head_saysWhereItWasMeasured() {
    String text = browser.findElement(By.id("environment")).getText();
    for (String part :
        List.of("./hakmem suite --given", "2026-01-02T03:04:05Z", "a processor", "a JDK", "abc")) {
      assertTrue(text.contains(part), text);
    }
    String control = browser.findElement(By.id("control")).getText();
    assertTrue(control.endsWith("found.") && !control.endsWith("not found."), control);
  }
}
