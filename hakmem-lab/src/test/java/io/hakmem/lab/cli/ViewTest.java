// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hakmem.lab.watch.WatchedProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code hakmem view}: what it serves to whom, and its end. */
class ViewTest {
  private static final Pattern SERVING =
      Pattern.compile("JVM (\\d+) at http://127\\.0\\.0\\.1:(\\d+)/ until it ends, or Ctrl-C");

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final StringWriter err = new StringWriter();

  /** The command's output, line by line. */
  private final PrintWriter out =
      new PrintWriter(new StringWriter()) {
        @Override
        public void println(String line) {
          lines.add(line);
        }
      };

  private int execute(Object... line) {
    return Main.commandLine()
        .setOut(out)
        .setErr(new PrintWriter(err, true))
        .execute(Stream.of(line).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void page_isServedOnTheLoopbackUntilTheProgramEnds() throws Exception {
    try (WatchedProcess program = WatchedProcess.start()) {
      FutureTask<Integer> view =
          new FutureTask<>(() -> execute("view", program.pid(), "--interval", "0.1"));
      Thread.ofPlatform().daemon().start(view);
      Matcher serving = SERVING.matcher(lines.take());
      assertTrue(serving.matches());
      assertEquals(program.pid(), Long.parseLong(serving.group(1)));
      int port = Integer.parseInt(serving.group(2));
      assertPage(port);
      assertData(port, program);
      assertRefusals(port);
      program.end();
      assertEquals("JVM " + program.pid() + " ended", lines.take());
      assertEquals(Main.OK, view.get(), err::toString);
    }
  }

  private static void assertPage(int port) throws IOException {
    String page = ask(port, "GET / HTTP/1.1", "127.0.0.1:" + port);
    assertTrue(page.startsWith("HTTP/1.1 200 "), page);
    assertTrue(page.contains("\r\nContent-security-policy: frame-ancestors 'none'\r\n"), page);
    assertTrue(page.contains("default-src 'none'"), "nothing from elsewhere");
    assertTrue(page.contains("\"hakmem.limitBytes\""), "the knobs");
    assertTrue(page.length() > 1_000_000, "with the charts' library");
  }

  private static void assertData(int port, WatchedProcess program) throws IOException {
    JsonNode first = data(port, 0);
    List<Integer> hundreds = new ArrayList<>();
    for (JsonNode row : first.get("classes")) {
      if (row.get("blockBytes").asInt() == 112) {
        hundreds.add(row.get("liveBlocks").asInt());
      }
    }
    assertEquals(List.of(1000), hundreds);
    assertEquals("h".repeat(32), first.at("/superslabs/1/contents").asText());
    assertTrue(first.at("/stats/committedBytes").asLong() > 5 << 20);
    assertTrue(first.at("/points/0/resident").asLong() > 20 << 20, "it is a JVM");
    program.work();
    int number = first.get("number").asInt();
    JsonNode later = data(port, number);
    while (later.at("/rates/requests").asDouble() == 0) {
      later = data(port, number);
    }
    assertEquals(number + 1, later.at("/points/0/number").asInt(), "the past after that");
  }

  /** The newest sample once there is one that is younger than a number. */
  private static JsonNode data(int port, int after) throws IOException {
    String answer;
    do {
      answer = ask(port, "GET /data?after=" + after + " HTTP/1.1", "localhost:" + port);
    } while (answer.startsWith("HTTP/1.1 503 ") || answer.contains("\"points\" : [ ]"));
    assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
    return new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
  }

  private static void assertRefusals(int port) throws IOException {
    String host = "127.0.0.1:" + port;
    for (String stranger : new String[] {"evil.example", "evil.example:" + port, "127.0.0.1"}) {
      for (String path : new String[] {"/", "/data"}) {
        String answer = ask(port, "GET " + path + " HTTP/1.1", stranger);
        assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        assertFalse(answer.contains("stats"), answer);
      }
    }
    for (String method : new String[] {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"}) {
      String answer = ask(port, method + " /data HTTP/1.1", host);
      assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
      assertTrue(answer.contains("\r\nAllow: GET\r\n"), answer);
    }
    assertTrue(ask(port, "GET /other HTTP/1.1", host).startsWith("HTTP/1.1 404 "));
    assertTrue(ask(port, "GET /data?after=x HTTP/1.1", host).startsWith("HTTP/1.1 200 "));
  }

  private static String ask(int port, String request, String host) throws IOException {
    try (Socket socket = new Socket(address(1), port)) {
      String head = request + "\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** One of the addresses of the loopback. */
  private static InetAddress address(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  @Test
  void portThatIsTaken_isSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, address(1))) {
      int port = taken.getLocalPort();
      assertEquals(Main.FAILED, execute("view", 1, "--port", port));
      assertTrue(
          err.toString().startsWith("hakmem: port " + port + " is not to be had: "), err::toString);
      assertEquals(1, err.toString().lines().count(), err::toString);
    }
  }

  @Test
  void otherAddresses_areNotListenedTo() throws Exception {
    try (WatchedProcess program = WatchedProcess.start()) {
      FutureTask<Integer> view = new FutureTask<>(() -> execute("view", program.pid()));
      Thread.ofPlatform().daemon().start(view);
      Matcher serving = SERVING.matcher(lines.take());
      assertTrue(serving.matches());
      int port = Integer.parseInt(serving.group(2));
      // Were it bound to any address, nobody else could have another one's port.
      new ServerSocket(port, 1, address(2)).close();
      program.end();
      assertEquals(Main.OK, view.get());
    }
  }
}
