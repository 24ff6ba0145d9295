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
  /** What one sample of a block that the loop gives back stands for, in bytes. */
  private static final double ONE_SAMPLE = Program.FREED / -Math.expm1(-Program.FREED / 4096.0);

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
    JsonNode sites = report.at("/growth/sites");
    assertTrue(sites.size() > 0, report::toString);
    assertTrue(sites.get(0).get("frames").toString().contains("Program.leak"), sites::toString);
    for (int i = 1; i < sites.size(); i++) {
      // The block that the loop has in hand while the list is made is live: one, never two.
      JsonNode site = sites.get(i);
      assertTrue(site.get("frames").toString().contains("Program.work"), site::toString);
      assertTrue(site.get("bytes").asLong() <= Math.ceil(ONE_SAMPLE), site::toString);
    }
    for (String name : List.of("live", "growth")) {
      for (String form : List.of(".html", ".pb.gz", ".collapsed")) {
        assertTrue(Files.size(folder.resolve(name + form)) > 0, name + form);
      }
    }
  }

  /** Keeps what one place allocates, until its standard input ends. */
  static final class Program {
    static final int FREED = 1000;

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
        Hakmem.free(Hakmem.allocate(FREED));
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
