// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.HakmemProfile.Site;
import io.hakmem.HakmemProfile.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other tools read what is written: pprof's format is read back field by field. */
class LiveReportTest {
  private static final Snapshot LIVE =
      new Snapshot(
          512,
          List.of(
              new Site(
                  List.of("a.B.main:7", "a.B.leak:300", "io.hakmem.Hakmem.allocate:9"),
                  3_000_000_000L,
                  200,
                  0),
              new Site(List.of("a.B.main:7", "a.B.lambda"), 1000, 1, 1000)));

  @TempDir Path folder;

  @Test
  void text_hasTheLargestFirst() {
    assertEquals(
        List.of(
            "live: 2861.024 MiB in 2 places, one sample in 0.000 MiB",
            "  2861.023 MiB          200 blocks",
            "    io.hakmem.Hakmem.allocate:9",
            "    a.B.leak:300",
            "    a.B.main:7",
            "     0.001 MiB            1 blocks, in arenas never closed 0.001 MiB",
            "    a.B.lambda",
            "    a.B.main:7"),
        LiveReport.text(LIVE, "live").lines().toList());
  }

  @Test
  void files_haveTheStacks() throws IOException {
    LiveReport.write(folder, "live", LIVE);
    assertEquals(
        """
        a.B.main:7;a.B.leak:300;io.hakmem.Hakmem.allocate:9 3000000000
        a.B.main:7;a.B.lambda 1000
        """,
        Files.readString(folder.resolve("live.collapsed")));
    String page = Files.readString(folder.resolve("live.html"));
    assertTrue(page.contains("a.B.lambda"), "a flame graph");
    assertTrue(!page.contains("src=\"http"), "nothing from outside");
  }

  @Test
  void pprof_readsTheSame() throws IOException {
    LiveReport.write(folder, "live", LIVE);
    Map<Integer, List<Field>> profile;
    try (GZIPInputStream in =
        new GZIPInputStream(Files.newInputStream(folder.resolve("live.pb.gz")))) {
      profile = fields(in.readAllBytes());
    }
    List<String> strings = all(profile, 6).stream().map(Field::text).toList();
    assertEquals("", strings.getFirst());
    List<String> types = new ArrayList<>();
    for (Field each : all(profile, 1)) {
      Map<Integer, List<Field>> type = fields(each.bytes);
      types.add(
          strings.get(all(type, 1).getFirst().number())
              + "/"
              + strings.get(all(type, 2).getFirst().number()));
    }
    assertEquals(List.of("inuse_objects/count", "inuse_space/bytes"), types);
    assertEquals(512, all(profile, 12).getFirst().value);
    Map<Long, String> functions = new TreeMap<>();
    for (Field each : all(profile, 5)) {
      Map<Integer, List<Field>> function = fields(each.bytes);
      functions.put(
          all(function, 1).getFirst().value, strings.get(all(function, 2).getFirst().number()));
    }
    Map<Long, String> locations = new TreeMap<>();
    for (Field each : all(profile, 4)) {
      Map<Integer, List<Field>> location = fields(each.bytes);
      Map<Integer, List<Field>> line = fields(all(location, 4).getFirst().bytes);
      String number = line.containsKey(2) ? ":" + all(line, 2).getFirst().value : "";
      locations.put(
          all(location, 1).getFirst().value, functions.get(all(line, 1).getFirst().value) + number);
    }
    List<Site> sites = new ArrayList<>();
    for (Field each : all(profile, 2)) {
      Map<Integer, List<Field>> sample = fields(each.bytes);
      List<String> frames = all(sample, 1).stream().map(it -> locations.get(it.value)).toList();
      sites.add(
          new Site(frames.reversed(), all(sample, 2).get(1).value, all(sample, 2).get(0).value, 0));
    }
    assertEquals(
        LIVE.sites().stream().map(it -> new Site(it.frames(), it.bytes(), it.blocks(), 0)).toList(),
        sites);
  }

  /** A field of a message: a number or bytes. */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Field(long value, byte[] bytes) {
    int number() {
      return (int) value;
    }

    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static Map<Integer, List<Field>> fields(byte[] message) {
    Map<Integer, List<Field>> fields = new TreeMap<>();
    int[] at = {0};
    while (at[0] < message.length) {
      long key = varint(message, at);
      long value = varint(message, at);
      byte[] bytes = {};
      if ((key & 7) == 2) {
        bytes = Arrays.copyOfRange(message, at[0], at[0] + (int) value);
        at[0] += (int) value;
      }
      fields
          .computeIfAbsent((int) (key >>> 3), any -> new ArrayList<>())
          .add(new Field(value, bytes));
    }
    return fields;
  }

  private static List<Field> all(Map<Integer, List<Field>> fields, int number) {
    return fields.getOrDefault(number, List.of());
  }

  private static long varint(byte[] message, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = message[at[0]];
      at[0]++;
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
