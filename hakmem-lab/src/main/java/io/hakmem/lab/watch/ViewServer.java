// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hakmem.lab.report.HtmlPage;
import io.hakmem.lab.report.JsonFile;
import io.hakmem.lab.watch.ViewData.Point;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page about a JVM that follows it, for browsers of this machine; nothing can be changed by it.
 */
public final class ViewServer implements AutoCloseable {
  /*
   *   GET /                  the page: one document that asks for nothing but the data
   *   GET /data?after=N      the newest sample, and the past from sample N on, as JSON
   *
   * Bound to the loopback address. A name that somebody's server resolves to it would let pages of that
   * server read ours, so the Host has to be a name of the loopback.
   */

  private static final String TEMPLATE = "/io/hakmem/lab/watch/view.html";
  private static final int MOST_POINTS = 3600;
  private static final Pattern AFTER = Pattern.compile("after=(\\d{1,9})");
  private static final int HTTP = 80; // the port that browsers leave out
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int NOT_YET = 503;
  private static final String TEXT = "text/plain; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<String> hosts;

  // Guarded by this.
  private final Deque<Point> points = new ArrayDeque<>();
  private @Nullable Sample latest;

  private ViewServer(HttpServer server) {
    this.server = server;
    String port = port() == HTTP ? "" : ":" + port();
    hosts = Set.of("127.0.0.1" + port, "localhost" + port);
  }

  /**
   * Takes a port, 0 for any free one; serves nothing yet.
   *
   * @throws WatchFailure if it is not to be had
   */
  public static ViewServer open(int port) throws WatchFailure {
    byte[] loopback = {127, 0, 0, 1};
    try {
      InetAddress address = InetAddress.getByAddress(loopback);
      return new ViewServer(HttpServer.create(new InetSocketAddress(address, port), 0));
    } catch (BindException e) {
      throw new WatchFailure(
          "port " + port + " is not to be had: " + e.getMessage() + "; --port 0 takes a free one",
          e);
    } catch (IOException e) {
      throw new WatchFailure("cannot serve on port " + port + ": " + e.getMessage(), e);
    }
  }

  /** Its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Where browsers find the page. */
  public String address() {
    return "http://127.0.0.1:" + port() + "/";
  }

  /** Starts to serve. */
  public void start(JvmFacts facts, Duration interval) throws IOException {
    String page = HtmlPage.text(TEMPLATE, new ViewHead(facts, interval.toMillis()));
    server.setExecutor(executor);
    server.createContext("/", exchange -> serve(exchange, page));
    server.start();
  }

  /** What the page has in it: the facts, and how many milliseconds lie between two questions. */
  record ViewHead(JvmFacts facts, long intervalMillis) {}

  /** Takes a sample, from then on the newest. */
  public synchronized void add(Sample sample) {
    latest = sample;
    points.addLast(Point.of(sample));
    if (points.size() > MOST_POINTS) {
      points.removeFirst();
    }
  }

  private void serve(HttpExchange exchange, String page) throws IOException {
    try (exchange) {
      Headers request = exchange.getRequestHeaders();
      String path = exchange.getRequestURI().getPath();
      if (!hosts.contains(String.valueOf(request.getFirst("Host")))) {
        answer(exchange, FORBIDDEN, TEXT, "ask for " + address() + "\n");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        answer(exchange, METHOD_NOT_ALLOWED, TEXT, "nothing can be changed here\n");
      } else if (path.equals("/")) {
        answer(exchange, OK, "text/html; charset=utf-8", page);
      } else if (path.equals("/data")) {
        data(exchange);
      } else {
        answer(exchange, NOT_FOUND, TEXT, "there is " + address() + " and nothing else\n");
      }
    }
  }

  private void data(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    Matcher after = AFTER.matcher(query);
    ViewData data = dataAfter(after.matches() ? Integer.parseInt(after.group(1)) : 0);
    if (data == null) {
      answer(exchange, NOT_YET, TEXT, "no sample yet\n");
    } else {
      answer(exchange, OK, "application/json", JsonFile.text(data));
    }
  }

  private synchronized @Nullable ViewData dataAfter(int number) {
    List<Point> newer = points.stream().filter(it -> it.number() > number).toList();
    return latest == null ? null : ViewData.of(latest, newer);
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Content-Security-Policy", "frame-ancestors 'none'");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
