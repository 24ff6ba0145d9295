// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Programs of the corpus, and fresh ones by chance, do what the interval map says. */
@ExtendWith(LeavesNothing.class)
@Tag("every-source")
final class FuzzTest {
  /*
   * The corpus was made by chance, and by Jazzer, which keeps what reaches code that nothing before
   * did (mvn -Pfuzz verify goes on from there). Programs by chance are variations of it. What fails is
   * made as short as it gets before it is reported, and can be kept as a file of the corpus.
   */

  private static final Path CORPUS = Path.of("src", "test", "fuzz");
  private static final int PROGRAMS = 40;

  private static List<byte[]> corpus() throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      return files.sorted().map(FuzzTest::read).toList();
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void programsOfTheCorpus_agreeWithTheModel() throws IOException {
    List<byte[]> programs = corpus();
    assertTrue(programs.size() >= 20, programs.size() + " programs");
    for (byte[] program : programs) {
      run(program, "of the corpus");
    }
  }

  @Test
  void programsByChance_agreeWithTheModel() throws IOException {
    long seed = TestMode.seed();
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> corpus = corpus();
    for (int i = 0; i < TestMode.scaled(PROGRAMS); i++) {
      run(vary(corpus, random), TestMode.replay(seed));
    }
  }

  private static void run(byte[] program, String where) {
    try {
      FuzzMachine.fuzzerTestOneInput(program);
    } catch (Throwable failure) {
      // The allocator may be spoilt by now, so what is shorter fails in ones of its own.
      byte[] shortest = Shrinking.shortest(program, FuzzTest::failsAfresh);
      throw new AssertionError(
          "program " + HexFormat.of().formatHex(shortest) + " " + where, failure);
    }
  }

  private static boolean failsAfresh(byte[] program) {
    try {
      FreshAllocator.run(FuzzProgram.class, HexFormat.of().formatHex(program));
      return false;
    } catch (AssertionError failure) {
      return true;
    }
  }

  /** Two programs spliced, with some bytes changed. */
  private static byte[] vary(List<byte[]> corpus, SplittableRandom random) {
    byte[] head = corpus.get(random.nextInt(corpus.size()));
    byte[] tail = corpus.get(random.nextInt(corpus.size()));
    int cut = random.nextInt(head.length + 1);
    int from = random.nextInt(tail.length + 1);
    byte[] program = Arrays.copyOf(head, cut + tail.length - from);
    System.arraycopy(tail, from, program, cut, tail.length - from);
    for (int i = random.nextInt(program.length / 8 + 2); i > 0 && program.length > 0; i--) {
      program[random.nextInt(program.length)] = (byte) random.nextInt();
    }
    return program;
  }

  @Test
  void shrinking_leavesWhatIsNeededToFail() {
    byte[] program = new byte[1000];
    new SplittableRandom(1).nextBytes(program);
    program[300] = 77;
    program[800] = 78;
    byte[] shortest = Shrinking.shortest(program, each -> holds(each, 77, 78));
    assertEquals("4d4e", HexFormat.of().formatHex(shortest));
  }

  private static boolean holds(byte[] bytes, int first, int second) {
    int i = 0;
    while (i < bytes.length && bytes[i] != first) {
      i++;
    }
    while (i < bytes.length && bytes[i] != second) {
      i++;
    }
    return i < bytes.length;
  }

  /** A program in hexadecimal digits, on an allocator of its own. */
  static final class FuzzProgram implements UnaryOperator<String> {
    @Override
    public String apply(String digits) {
      FuzzMachine.fuzzerInitialize();
      FuzzMachine.fuzzerTestOneInput(HexFormat.of().parseHex(digits));
      return "";
    }
  }
}
