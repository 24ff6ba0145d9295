// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.HakmemProfile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import one.convert.Arguments;
import one.convert.FlameGraph;

/** A profile of live memory: as text, and as the files that other tools read. */
public final class LiveReport {
  private static final int SITES = 10;
  private static final int FRAMES = 4;

  private LiveReport() {}

  /** The sites with the most bytes. */
  public static String text(HakmemProfile.Snapshot snapshot, String what) {
    StringBuilder text = new StringBuilder();
    List<HakmemProfile.Site> sites = snapshot.sites();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %s in %d places, one sample in %s%n",
            what,
            mebibytes(snapshot.totalBytes()),
            sites.size(),
            mebibytes(snapshot.intervalBytes())));
    for (HakmemProfile.Site each : sites.stream().limit(SITES).toList()) {
      text.append(
          String.format(Locale.ROOT, "%14s %,12d blocks", mebibytes(each.bytes()), each.blocks()));
      if (each.droppedBytes() > 0) {
        text.append(", in arenas never closed ").append(mebibytes(each.droppedBytes()));
      }
      text.append(System.lineSeparator());
      each.frames().reversed().stream()
          .limit(FRAMES)
          .forEach(frame -> text.append("    ").append(frame).append(System.lineSeparator()));
    }
    return text.toString();
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.3f MiB", bytes / 1048576.0);
  }

  /** Writes {@code NAME.collapsed}, {@code NAME.html}, a flame graph, and {@code NAME.pb.gz}. */
  public static void write(Path folder, String name, HakmemProfile.Snapshot snapshot)
      throws IOException {
    Files.writeString(folder.resolve(name + ".collapsed"), snapshot.collapsed());
    PprofFile.write(folder.resolve(name + ".pb.gz"), snapshot);
    Arguments arguments = new Arguments();
    arguments.title = "hakmem, " + name + " bytes";
    FlameGraph graph = new FlameGraph(arguments);
    graph.parseCollapsed(new StringReader(snapshot.collapsed()));
    try (OutputStream out = Files.newOutputStream(folder.resolve(name + ".html"))) {
      graph.dump(out);
    }
  }
}
