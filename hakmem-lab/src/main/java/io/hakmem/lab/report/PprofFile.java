// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.report;

import io.hakmem.HakmemProfile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A profile of live memory in the form of pprof: gzip around {@code perftools.profiles.Profile}.
 */
public final class PprofFile {
  /*
   * Fields of profile.proto:
   *
   *   Profile    1 sample_type  2 sample  4 location  5 function  6 string_table  11 period_type  12 period
   *   ValueType  1 type  2 unit             Sample    1 location_id, the leaf first  2 value
   *   Location   1 id  4 line               Line      1 function_id  2 line
   *   Function   1 id  2 name  3 system_name
   */

  private static final int VARINT = 0;
  private static final int BYTES = 2;

  /** A message of the protocol's. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint((long) field << 3 | VARINT);
      varint(value);
      return this;
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes.toByteArray());
    }

    Message bytes(int field, byte[] value) {
      varint((long) field << 3 | BYTES);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }

  private final Message profile = new Message();
  private final Map<String, Integer> strings = new LinkedHashMap<>();
  private final Map<String, Integer> functions = new LinkedHashMap<>();
  private final Map<String, Integer> locations = new LinkedHashMap<>();

  private PprofFile() {
    strings.put("", 0);
  }

  /** Writes the file. */
  public static void write(Path file, HakmemProfile.Snapshot snapshot) throws IOException {
    byte[] bytes = new PprofFile().of(snapshot);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(bytes);
    }
  }

  private byte[] of(HakmemProfile.Snapshot snapshot) {
    profile.message(1, type("inuse_objects", "count")).message(1, type("inuse_space", "bytes"));
    for (HakmemProfile.Site each : snapshot.sites()) {
      Message sample = new Message();
      each.frames().reversed().forEach(frame -> sample.number(1, location(frame)));
      profile.message(2, sample.number(2, each.blocks()).number(2, each.bytes()));
    }
    profile.message(11, type("space", "bytes")).number(12, snapshot.intervalBytes());
    strings.keySet().forEach(each -> profile.bytes(6, each.getBytes(StandardCharsets.UTF_8)));
    return profile.bytes.toByteArray();
  }

  private Message type(String type, String unit) {
    return new Message().number(1, string(type)).number(2, string(unit));
  }

  private int string(String text) {
    int next = strings.size();
    return strings.computeIfAbsent(text, key -> next);
  }

  /** The number of a frame, {@code class.method:line}. */
  private int location(String frame) {
    Integer known = locations.get(frame);
    if (known != null) {
      return known;
    }
    int colon = frame.lastIndexOf(':');
    String name = colon < 0 ? frame : frame.substring(0, colon);
    Message line = new Message().number(1, function(name));
    if (colon >= 0) {
      line.number(2, Long.parseLong(frame.substring(colon + 1)));
    }
    int id = locations.size() + 1;
    locations.put(frame, id);
    profile.message(4, new Message().number(1, id).message(4, line));
    return id;
  }

  private int function(String name) {
    Integer known = functions.get(name);
    if (known != null) {
      return known;
    }
    int id = functions.size() + 1;
    functions.put(name, id);
    profile.message(5, new Message().number(1, id).number(2, string(name)).number(3, string(name)));
    return id;
  }
}
