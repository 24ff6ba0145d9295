// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.measure;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Counts events of the kernel in this process by {@code perf stat}; one at a time. */
public final class Tracepoints implements AutoCloseable {
  /*
   * perf is told by a pipe when to count and says by another one that it does: what is between two
   * answers is counted, and nothing else.
   */

  private static final String GONE = "gone";

  private final Path folder;
  private final RandomAccessFile orders;
  private final RandomAccessFile answers;
  private final Process perf;
  private final List<String> names;

  private Tracepoints(
      Path folder,
      RandomAccessFile orders,
      RandomAccessFile answers,
      Process perf,
      List<String> names) {
    this.folder = folder;
    this.orders = orders;
    this.answers = answers;
    this.perf = perf;
    this.names = names;
  }

  /**
   * Begins to count.
   *
   * @param filters by event: which of them count, in perf's words
   * @throws IOException if perf is not there, or may not; the message says which
   */
  public static Tracepoints count(Map<String, String> filters) throws IOException {
    Path folder = Files.createTempDirectory("hakmem-perf");
    List<String> words =
        new ArrayList<>(
            List.of("perf", "stat", "-x", ",", "-o", folder.resolve("counts").toString()));
    words.addAll(List.of("-D", "-1", "-p", "" + ProcessHandle.current().pid()));
    words.addAll(
        List.of("--control", "fifo:" + folder.resolve("orders") + "," + folder.resolve("answers")));
    filters.forEach((event, filter) -> words.addAll(List.of("-e", event, "--filter", filter)));
    Tracepoints started = start(folder, words, List.copyOf(filters.keySet()));
    started.order("enable");
    return started;
  }

  private static Tracepoints start(Path folder, List<String> words, List<String> names)
      throws IOException {
    Path orders = folder.resolve("orders");
    Path answers = folder.resolve("answers");
    await(new ProcessBuilder("mkfifo", orders.toString(), answers.toString()).start());
    // For reading too: who opens one end only waits for somebody at the other.
    RandomAccessFile to = new RandomAccessFile(orders.toFile(), "rw");
    RandomAccessFile from = new RandomAccessFile(answers.toFile(), "rw");
    Process perf =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(said(folder)).start();
    var ignored = perf.onExit().thenRun(() -> unblock(from)); // whoever waits for an answer
    return new Tracepoints(folder, to, from, perf, names);
  }

  private static File said(Path folder) {
    return folder.resolve("said").toFile();
  }

  private static void unblock(RandomAccessFile answers) {
    try {
      answers.write((GONE + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException closed) {
      // Nobody waits any more.
    }
  }

  private void order(String what) throws IOException {
    orders.write((what + "\n").getBytes(StandardCharsets.US_ASCII));
    String answer = answers.readLine().replace("\0", "");
    if (answer.equals(GONE)) {
      String said = Files.readString(said(folder).toPath()).strip().replaceAll("\\s+", " ");
      close();
      throw new IOException("perf refuses: " + said.substring(0, Math.min(160, said.length())));
    }
  }

  /** Stops, and tells what was counted, by event. */
  public Map<String, Long> stop() throws IOException {
    order("disable");
    // As by Ctrl-C: what ends perf otherwise ends it without a word.
    await(new ProcessBuilder("sh", "-c", "kill -INT " + perf.pid()).start());
    await(perf);
    return counts(Files.readAllLines(folder.resolve("counts")), names);
  }

  /** Lines of {@code count,unit,event,…}. */
  static Map<String, Long> counts(List<String> lines, List<String> events) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines) {
      String[] cells = line.split(",", -1);
      if (cells.length > 2 && events.contains(cells[2])) {
        try {
          counts.put(cells[2], Long.parseLong(cells[0]));
        } catch (NumberFormatException e) {
          throw new IOException("perf counts no " + cells[2] + ": " + cells[0], e);
        }
      }
    }
    if (counts.size() < events.size()) {
      throw new IOException("perf counts only " + counts.keySet());
    }
    return counts;
  }

  private static void await(Process process) throws IOException {
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("perf does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    perf.destroyForcibly();
    try {
      orders.close();
      answers.close();
      for (String file : List.of("orders", "answers", "counts", "said")) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
