// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.SuperslabStats;
import io.hakmem.lab.report.Browser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;

/**
 * The page of {@code hakmem view} in a browser, about a real program; needs Chromium and its driver
 * (see .ci/run). Leaves pictures of it in target/view-light.png and target/view-dark.png.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ViewPageBrowserTest {
  private static final long DEADLINE_NANOS = TimeUnit.MINUTES.toNanos(5);
  private static final Dimension SIZE = new Dimension(1320, 2050);

  private WatchedProcess program;
  private WatchedJvm jvm;
  private ViewServer server;
  private Sampler sampler;
  private Browser chromium;
  private ChromeDriver browser;
  private List<String> requests;
  private List<String> complaints;

  @BeforeAll
  void open() throws IOException, WatchFailure {
    program = WatchedProcess.start();
    jvm = WatchedJvm.attach(program.pid());
    server = ViewServer.open(0);
    Duration interval = Duration.ofMillis(200);
    server.start(jvm.facts(), interval);
    sampler = new Sampler(jvm, interval, server::add);
    chromium = new Browser();
    browser = chromium.driver();
    browser.manage().window().setSize(SIZE);
    browser.get(server.address());
    for (int i = 0; i < 20; i++) {
      program.work();
      int before = points();
      until("return points.length > " + before);
    }
    requests = chromium.requests();
    complaints = chromium.complaints();
  }

  @AfterAll
  void close() {
    chromium.close();
    sampler.close();
    server.close();
    jvm.close();
    program.close();
  }

  private int points() {
    return ((Long) browser.executeScript("return points.length")).intValue();
  }

  private void until(String condition) {
    long start = System.nanoTime();
    while (!Boolean.TRUE.equals(browser.executeScript(condition))) {
      assertTrue(System.nanoTime() - start < DEADLINE_NANOS, condition);
    }
  }

  private String text(String id) {
    return chromium.text(id);
  }

  @Test
  void page_asksForItsDataOnlyAndDoesNotComplain() {
    assertTrue(requests.size() > 20, requests::toString);
    for (String url : requests) {
      assertTrue(url.matches(server.address() + "(data\\?after=\\d+)?"), url);
    }
    assertEquals(List.of(), complaints);
  }

  @Test
  void page_fitsIntoTheWindow() {
    assertTrue(chromium.fits());
  }

  @Test
  void tiles_sayWhatTheStatisticsSay() {
    assertTrue(text("committed").matches("[\\d.]+ MiB"), text("committed"));
    assertTrue(text("limit").matches("no limit, peak [\\d.]+ MiB"), text("limit"));
    assertTrue(text("hits").matches("\\d\\d\\.\\d\\d %"), text("hits"));
    assertTrue(text("requests").endsWith("/s"), text("requests"));
    assertEquals("live", text("state"));
    assertTrue(text("facts").startsWith("process " + program.pid() + " · Java 2"), text("facts"));
  }

  @Test
  void everything_isThere() {
    assertEquals(7, browser.findElements(By.cssSelector("#parts .part")).size());
    assertEquals(6, browser.findElements(By.cssSelector("#legend > span")).size());
    assertEquals(
        jvm.facts().knobs().size(), browser.findElements(By.cssSelector("#knobs tr")).size());
    assertEquals(13, browser.findElements(By.cssSelector("#counts tr")).size());
    // By one script: the rows are made anew with each sample.
    String rows =
        (String)
            browser.executeScript(
                "return [...document.querySelectorAll('#classes tbody tr')]"
                    + ".map(it => it.innerText.replace(/\\s+/g, ' ')).join('\\n')");
    String hundreds = rows.lines().filter(row -> row.startsWith("112 B ")).findFirst().orElse(rows);
    assertTrue(hundreds.contains(" 1 000 "), hundreds);
    String all = browser.findElement(By.tagName("main")).getText();
    assertTrue(!all.contains("undefined") && !all.contains("NaN"), all);
    for (String colour : List.of("--idle", "--runs", "--tiny")) {
      String line =
          "return document.querySelectorAll(`#history path[stroke='${getComputedStyle(document"
              + ".documentElement).getPropertyValue('"
              + colour
              + "').trim()}']`).length";
      assertTrue((Long) browser.executeScript(line) > 0, "the line in " + colour);
    }
  }

  @Test
  void map_hasACellForEachSliceInItsColour() throws WatchFailure {
    List<SuperslabStats> superslabs = jvm.observe().superslabs();
    assertEquals(
        32L * superslabs.size(),
        Long.parseLong(browser.findElement(By.id("map")).getDomAttribute("data-cells")));
    assertEquals("h".repeat(32), superslabs.get(1).contents(), "of the huge block");
    assertEquals(colour("shade('h', 1)"), colour(pixel(32)));
    assertEquals(colour("shade('t', 1)"), colour(pixel(0)));
    assertNotEquals(colour(pixel(0)), colour(pixel(32)));
  }

  /** The colour in the middle of a cell. */
  private static String pixel(int cell) {
    return "(() => { const it = layout.cells["
        + cell
        + "]; const p = at('map').getContext('2d').getImageData((it.x + layout.plan.cell / 2) *"
        + " devicePixelRatio, (it.top + layout.rowHeight / 2) * devicePixelRatio, 1, 1).data;"
        + " return `rgb(${p[0]}, ${p[1]}, ${p[2]})`; })()";
  }

  private Object colour(String expression) {
    return browser.executeScript("return " + expression);
  }

  @Test
  void pointer_tellsOfTheSliceBelowIt() {
    var map = browser.findElement(By.id("map"));
    int left = 3 - map.getSize().getWidth() / 2;
    int top = 3 - map.getSize().getHeight() / 2;
    new Actions(browser).moveToElement(map, left, top).perform();
    until("return document.getElementById('hint').textContent.startsWith('0x')");
    assertTrue(
        text("hint").matches("0x[0-9a-f]+, slice 0: slabs of blocks up to 2 KiB, .* in use.*"),
        text("hint"));
    new Actions(browser).moveToElement(browser.findElement(By.id("name"))).perform();
    until("return document.getElementById('hint').textContent.startsWith('A row of 32')");
  }

  @Test
  void pictures_inBothSchemesAreOfTheirColours() throws IOException {
    String light = picture("light");
    String dark = picture("dark");
    assertEquals("rgb(244, 245, 247)", light);
    assertEquals("rgb(14, 17, 23)", dark);
    scheme("light");
  }

  private String picture(String scheme) throws IOException {
    scheme(scheme);
    int before = points();
    until("return points.length > " + before);
    File made = browser.getScreenshotAs(OutputType.FILE);
    Path file = Path.of("target", "view-" + scheme + ".png");
    Files.move(made.toPath(), file, StandardCopyOption.REPLACE_EXISTING);
    assertTrue(Files.size(file) > 50_000, "more than an empty page");
    return (String) browser.executeScript("return getComputedStyle(document.body).backgroundColor");
  }

  private void scheme(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  @Test
  void endOfTheServer_isSaidOnThePage() throws IOException, WatchFailure {
    ViewServer other = ViewServer.open(0);
    other.start(jvm.facts(), Duration.ofMillis(50));
    other.add(Objects.requireNonNull(sampler.latest()));
    String before = browser.getWindowHandle();
    browser.switchTo().newWindow(WindowType.TAB);
    try {
      browser.get(other.address());
      until("return document.getElementById('state').textContent === 'live'");
      other.close();
      until("return document.getElementById('state').classList.contains('over')");
      assertTrue(text("state").startsWith("ended"), text("state"));
    } finally {
      other.close();
      browser.close();
      browser.switchTo().window(before);
    }
  }
}
