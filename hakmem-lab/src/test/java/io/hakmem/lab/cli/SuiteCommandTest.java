// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.suite.GivenRuns;
import io.hakmem.lab.suite.SuiteReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command does with a report; the times in it are given. */
class SuiteCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void goodSuite_isWrittenInEveryForm() throws IOException {
    Path json = folder.resolve("suite.json");
    Path markdown = folder.resolve("results.md");
    int status =
        finish(
            GivenRuns.example(),
            "--json",
            json.toString(),
            "--markdown",
            markdown.toString(),
            "--html",
            folder.toString());
    assertEquals(Main.OK, status, err::toString);
    assertEquals("", err.toString());
    assertTrue(out.toString().contains("geometric means"), out::toString);
    assertEquals(3, new ObjectMapper().readTree(json.toFile()).get("workloads").size());
    assertTrue(Files.readString(markdown).startsWith("# Results"));
    assertTrue(Files.readString(folder.resolve("index.html")).contains("a loss"));
  }

  @Test
  void suiteThatFindsNothing_failsAndSaysWhy() throws IOException {
    SuiteReport report = GivenRuns.report(GivenRuns.of("a").add("hakmem", 10, 10, 10));
    assertEquals(Main.FAILED, finish(report));
    assertTrue(err.toString().startsWith("hakmem: the suite fails: the planted"), err::toString);
    assertTrue(out.toString().contains("geometric means"), "what there is is shown");
  }

  private int finish(SuiteReport report, String... arguments) throws IOException {
    SuiteCommand command = new SuiteCommand();
    CommandLine line =
        new CommandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    line.parseArgs(arguments);
    return command.finish(report);
  }
}
