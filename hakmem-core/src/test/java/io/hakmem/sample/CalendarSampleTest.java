// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.Hakmem;
import io.hakmem.verify.HeapVerifier;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bindings in the style of jextract work on hakmem's memory and leave nothing. */
@Tag("every-source")
final class CalendarSampleTest {

  @Test
  void sample_printsWhatItSays_andLeavesNothing() throws Throwable {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      CalendarSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertEquals(
        List.of(
            "01 January 1970, 00:00, day 0",
            "09 September 2001, 01:46, day 251",
            "14 November 2023, 22:13, day 317",
            "1000 / 7 = 142, rest 6",
            "length: 8"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
    assertEquals(0, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }
}
