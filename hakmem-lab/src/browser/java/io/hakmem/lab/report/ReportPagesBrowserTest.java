// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.lab.ab.AbPage;
import io.hakmem.lab.ab.AbReport;
import io.hakmem.lab.ab.GivenArms;
import io.hakmem.lab.profile.GivenProfile;
import io.hakmem.lab.profile.ProfilePage;
import io.hakmem.lab.profile.ProfileReport;
import io.hakmem.lab.seed.SeedPage;
import io.hakmem.lab.seed.SeedPlan;
import io.hakmem.lab.seed.SeedReport;
import io.hakmem.lab.seed.SeedReports;
import io.hakmem.lab.seed.SeedResults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** The pages of profile, ab and seed-report, and what their links lead to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportPagesBrowserTest {
  private final Browser browser = new Browser();

  private Path folder;

  @BeforeAll
  void write(@TempDir Path made) throws IOException {
    folder = made;
    ProfilePage.write(folder.resolve("profile.html"), GivenProfile.example());
    GivenProfile.flameGraph(folder.resolve("flame.html"));
    GivenProfile.flameGraph(folder.resolve("out-of-line.html"));
    AbPage.write(folder.resolve("ab.html"), GivenArms.withFlames(folder));
    SeedResults results = SeedResults.empty("all");
    results.profiles().put("random-mixed", GivenProfile.example());
    Path step = Files.createDirectories(folder.resolve("random-mixed"));
    ProfilePage.write(step.resolve("index.html"), GivenProfile.example());
    SeedPage.write(folder.resolve("seed.html"), seed(results));
  }

  private static SeedReport seed(SeedResults results) {
    return SeedReports.of(SeedPlan.full(), results, "./hakmem seed-report", "a day");
  }

  @AfterAll
  void close() {
    browser.close();
  }

  /** Of every page that a test looked at. */
  @AfterEach
  void nothingIsWrittenToTheConsole() {
    assertEquals(List.of(), browser.complaints());
  }

  private void open(String page) throws IOException {
    browser.requests();
    browser.open(folder.resolve(page));
    assertEquals(List.of(browser.driver().getCurrentUrl()), browser.requests());
    assertTrue(browser.fits(), page);
    String text = browser.driver().findElement(By.tagName("body")).getText();
    assertTrue(!text.contains("undefined") && !text.contains("NaN"), text);
  }

  /** Follows a link, looks for a text on what comes, goes back. */
  private void follow(String link, String expected) {
    String from = browser.driver().getCurrentUrl();
    browser.driver().findElement(By.linkText(link)).click();
    String text = browser.driver().getPageSource();
    assertTrue(text.contains(expected), link + " leads to " + browser.driver().getCurrentUrl());
    browser.driver().navigate().back();
    assertEquals(from, browser.driver().getCurrentUrl());
  }

  @Test
  void profile_showsAllTablesAndItsFlameGraphs() throws IOException {
    ProfileReport report = GivenProfile.example();
    open("profile.html");
    assertEquals(report.functions().size(), browser.rows("functions").size());
    assertEquals(
        "1 | 40.00 % | io.hakmem.lab.X.steps | user, JIT | the workload and the call",
        browser.rows("functions").getFirst());
    assertTrue(browser.rows("paths").contains("free / alloc | 1.50 | –"));
    assertEquals(report.kernel().size(), browser.rows("kernel").size());
    assertEquals(List.of("advise | 2 | 2 | equal"), browser.rows("traced"));
    assertEquals(
        report.recommendations().size(),
        browser.driver().findElements(By.cssSelector("#recommendations li")).size());
    follow("as it runs", "<h1>a flame graph</h1>");
    follow("hot functions out of line", "<h1>a flame graph</h1>");
  }

  @Test
  void flameGraph_standsOnItsHeadAfterAClick() {
    browser.open(folder.resolve("flame.html"));
    String before = functionAtTheTop();
    browser.driver().findElement(By.id("inverted")).click();
    String after = functionAtTheTop();
    assertNotEquals(before, after);
    assertTrue((before + after).contains("all"), before + " and " + after);
  }

  private String functionAtTheTop() {
    WebElement canvas = browser.driver().findElement(By.id("canvas"));
    int top = 8 - canvas.getSize().getHeight() / 2;
    new Actions(browser.driver()).moveToElement(canvas, 0, top).perform();
    return browser.text("status");
  }

  @Test
  void ab_showsVerdictsAndDifferences() throws IOException {
    AbReport report = GivenArms.example();
    open("ab.html");
    List<String> verdicts = browser.rows("verdicts");
    assertEquals(report.arms().size() - 1, verdicts.size());
    assertTrue(verdicts.getFirst().startsWith("KEY=2 | better | counters and time | "));
    assertTrue(verdicts.get(1).startsWith("KEY=3 | worse | counters and time | "));
    assertTrue(verdicts.get(2).startsWith("KEY=4 | no difference shown"), verdicts::toString);
    assertEquals(report.arms().size(), browser.rows("figures").size());
    assertTrue(browser.rows("figures").getFirst().startsWith("KEY=1 </script><b> | "));
    assertTrue(browser.driver().findElements(By.tagName("b")).isEmpty(), "names are text");
    assertEquals(1, browser.driver().findElements(By.cssSelector("#ratios svg")).size());
    follow("KEY=2", "<h1>KEY=2</h1>");
  }

  @Test
  void seed_showsTheFiguresSideBySideAndLeadsToTheSteps() throws IOException {
    open("seed.html");
    assertTrue(browser.rows("figures").contains("kernel | 86.17 % | 10.00 % | –"));
    assertTrue(browser.rows("bars").getFirst().contains("10.00 %: not met"));
    assertEquals(4, browser.driver().findElements(By.cssSelector("#conclusions li")).size());
    assertTrue(browser.text("missing").contains("random-mixed 20000000 256 42"));
    follow("profile of random-mixed 500000 256 42", "<h1>hakmem profile</h1>");
  }
}
