// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.Hakmem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaksCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void plantedLeak_isFirst_andWhatIsFreedIsNotThere() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dhakmem.profile.intervalBytes=4k",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals("ready", program.inputReader(StandardCharsets.UTF_8).readLine());
    Path json = folder.resolve("leaks.json");
    int status =
        execute("leaks " + program.pid() + " --seconds 1 --out " + folder + " --json " + json);
    program.getOutputStream().close();
    assertEquals(0, program.waitFor());
    assertEquals(Main.OK, status, err::toString);
    List<String> lines = out.toString().lines().toList();
    assertTrue(lines.get(0).startsWith("live: "), out::toString);
    assertTrue(lines.get(2).contains("io.hakmem.Hakmem.allocate"), out::toString);
    assertTrue(lines.get(3).contains("LeaksCommandTest$Program.leak"), out::toString);
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertEquals(4096, report.at("/live/intervalBytes").asLong());
    for (JsonNode each : report.at("/growth/sites")) {
      assertTrue(each.get("frames").toString().contains("Program.leak"), each::toString);
    }
    assertTrue(report.at("/growth/sites").size() > 0, report::toString);
    for (String name : List.of("live", "growth")) {
      for (String form : List.of(".html", ".pb.gz", ".collapsed")) {
        assertTrue(Files.size(folder.resolve(name + form)) > 0, name + form);
      }
    }
  }

  /** Keeps what one place allocates, until its standard input ends. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException {
      leak();
      Thread.ofPlatform().daemon().start(Program::work);
      System.out.println("ready");
      int ignored = System.in.read();
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void work() {
      for (long i = 0; ; i++) {
        Hakmem.free(Hakmem.allocate(1000));
        if (i % 1000 == 0) {
          leak();
        }
      }
    }

    private static void leak() {
      long ignored = Hakmem.allocate(10_000);
    }
  }

  private int execute(String line) {
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(line.split(" ", -1));
  }
}
