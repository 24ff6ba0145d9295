// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A trace as {@code traces/README.md} describes it, read without the code that wrote it.
 *
 * @param events each as thread, call, slot, size and shift
 */
public record GivenTrace(String magic, List<String> events, int slots, int threads) {
  private static final List<String> CALLS =
      List.of("nothing", "malloc", "free", "calloc", "realloc", "aligned");

  /** Reads a file; fails if it has more or fewer events than it says. */
  public static GivenTrace read(Path file) {
    ByteBuffer bytes = uncompressed(file);
    byte[] magic = new byte[8];
    bytes.get(magic);
    int count = bytes.getInt();
    final int slots = bytes.getInt();
    final int threads = bytes.getInt();
    if (bytes.getInt() != 0 || bytes.remaining() != 12 * count) {
      throw new AssertionError(count + " events in " + bytes.remaining() + " bytes");
    }
    List<String> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      String call = CALLS.get(bytes.get());
      String thread = "t" + Byte.toUnsignedInt(bytes.get());
      int shift = bytes.getShort();
      String slot = " s" + bytes.getInt();
      String size = call.equals("free") && bytes.getInt(bytes.position()) == 0 ? "" : " ";
      String number = Integer.toUnsignedString(bytes.getInt());
      events.add(
          thread
              + " "
              + call
              + slot
              + (size.isEmpty() ? "" : size + number)
              + (shift == 0 ? "" : " 2^" + shift));
    }
    return new GivenTrace(
        new String(magic, StandardCharsets.US_ASCII), List.copyOf(events), slots, threads);
  }

  private static ByteBuffer uncompressed(Path file) {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
