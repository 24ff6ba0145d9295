// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.report.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a suite says, in each of its forms. */
class SuiteFormsTest {
  private static final SuiteReport REPORT = GivenRuns.example();

  @TempDir Path folder;

  @Test
  void text_showsWinsLossesAndTheNoiseFloor() {
    String text = SuiteText.of(REPORT);
    assertLine(
        text, "a win \\* +10\\.10 +15\\.10 +1\\.50 \\(1\\.\\d\\d-1\\.\\d\\d\\) .*native-jemalloc");
    assertLine(
        text, "a loss \\* +20\\.10 +10\\.10 +0\\.50 \\(0\\.\\d\\d-0\\.\\d\\d\\) .*native-glibc");
    assertLine(text, "level .* 1\\.00 \\(0\\.99-1\\.01\\)~ .*");
    assertLine(text, "floor: what two sets of runs of hakmem may differ by");
    assertLine(text, "hakmem : best native of each +3 .* 0\\.50 a loss .*\\[2\\].*");
    assertLine(text, "hakmem : jvm-malloc +1 +2\\.9\\d .*");
    assertLine(
        text,
        "control: hakmem-planted takes 20 % longer; measured x 1\\.20 .*: found, in 3 of 3 by"
            + " itself");
    assertLine(text, "unavailable: native-tcmalloc: library not found: <libtcmalloc>");
    assertLine(text, "unavailable: jvm-null: needs real blocks \\(level .*\\)");
  }

  @Test
  void markdown_saysHowItWasMeasured() {
    String page = SuiteMarkdown.page(REPORT);
    assertLine(page, "- command: `\\./hakmem suite --given`, 5 runs .*");
    assertLine(page, "- date: 2026-01-02T03:04:05Z, 2 minutes");
    assertLine(page, "- machine: a processor, 2 cores, a kernel, JDK a JDK");
    assertLine(page, "- commit: abc");
    assertLine(page, "\\| a loss \\\\\\* \\| 20\\.10 \\| 10\\.10 \\| 0\\.50 .*");
    assertLine(page, "- native-tcmalloc: library not found: \\\\<libtcmalloc\\\\>");
    assertLine(
        page,
        "\\| a loss \\| 20\\.10 \\| 24\\.10 \\| 5\\.00 \\| 5\\.00 \\| 10\\.10 \\| 15\\.10 \\| -"
            + " \\|");
    assertFalse(page.contains("fails"), page);
    assertLine(page, " +x-axis \\[\"a win\", \"a loss\"]");
    assertLine(page, " +bar \\[1\\.50, 0\\.50]");
    assertLine(page, " +y-axis .* 0 --> 1\\.5");
  }

  @Test
  void markdown_saysThatTheSuiteFails() {
    String page = SuiteMarkdown.page(GivenRuns.report(GivenRuns.of("a").add("hakmem", 1)));
    assertLine(page, "\\*\\*The suite fails: the planted subject gave no result.*");
  }

  @Test
  void json_hasTheWorkloadsOfTheContract() throws Exception {
    JsonNode json = new ObjectMapper().readTree(JsonFile.text(REPORT));
    assertEquals(3, json.get("workloads").size());
    assertEquals("pair", json.get("workloads").get(0).get("workload").asText());
    assertEquals(7, json.get("workloads").get(0).get("results").size());
    assertEquals("a loss", json.get("lines").get(1).get("label").asText());
    assertTrue(json.get("control").get("found").asBoolean());
    assertEquals("SLOWER", json.at("/workloads/1/results/0/againstBestNative/verdict").asText());
    assertFalse(json.has("failures"));
  }

  @Test
  void page_holdsEverythingItself() throws Exception {
    Path file = folder.resolve("index.html");
    SuitePage.write(file, REPORT);
    String page = Files.readString(file);
    Matcher data =
        Pattern.compile(
                "<script id=\"report\" type=\"application/json\">(.*?)</script>", Pattern.DOTALL)
            .matcher(page);
    assertTrue(data.find());
    assertEquals(
        new ObjectMapper().readTree(JsonFile.text(REPORT)),
        new ObjectMapper().readTree(data.group(1)),
        "a name with </script> in it does not end the data");
    assertTrue(page.length() > 1_000_000, "the charts' library is in it");
    assertTrue(page.contains("default-src 'none'"), "it can ask for nothing else");
  }

  private static void assertLine(String text, String pattern) {
    assertTrue(text.lines().anyMatch(line -> line.matches(pattern)), () -> pattern + "\n" + text);
  }
}
