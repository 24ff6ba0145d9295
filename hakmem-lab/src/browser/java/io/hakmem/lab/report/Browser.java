// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a window, as somebody who reads a report would use it. */
public final class Browser implements AutoCloseable {
  private final ChromeDriver driver;

  /** Starts it; Chromium and its driver are where Debian puts them. */
  public Browser() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    // No sandbox: continuous integration runs as root in a container, and the page is our own.
    options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File("/usr/bin/chromedriver"))
            .withTimeout(Duration.ofMinutes(5)) // the machine may be busy
            .build();
    driver = new ChromeDriver(service, options);
    driver.manage().window().setSize(new Dimension(1280, 900));
  }

  /** What drives it. */
  public ChromeDriver driver() {
    return driver;
  }

  /** Shows a file. */
  public void open(Path file) {
    driver.get(file.toUri().toString());
  }

  /** What pages wrote to the console since the last time that it was asked. */
  public List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      complaints.add(entry.getMessage());
    }
    return complaints;
  }

  /** What pages asked for since the last time, but for what lies inside them. */
  public List<String> requests() throws IOException {
    List<String> requests = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = new ObjectMapper().readTree(entry.getMessage()).get("message");
      String url = message.at("/params/request/url").asText();
      if (message.get("method").asText().equals("Network.requestWillBeSent")
          && !url.startsWith("data:")) {
        requests.add(url);
      }
    }
    return requests;
  }

  /** Whether nothing has to be scrolled sideways. */
  public boolean fits() {
    return Boolean.TRUE.equals(
        driver.executeScript(
            "const it = document.documentElement; return it.scrollWidth <= it.clientWidth"));
  }

  /** Lines of a table's body that can be seen, cells separated by a bar. */
  public List<String> rows(String table) {
    List<String> rows = new ArrayList<>();
    for (WebElement line : driver.findElements(By.cssSelector("#" + table + " tbody tr"))) {
      if (line.isDisplayed()) {
        rows.add(
            String.join(
                " | ",
                line.findElements(By.tagName("td")).stream().map(WebElement::getText).toList()));
      }
    }
    return rows;
  }

  /** Text of an element by its id. */
  public String text(String id) {
    return driver.findElement(By.id(id)).getText();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
