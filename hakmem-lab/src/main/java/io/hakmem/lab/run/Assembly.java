// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.workload.Workload;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine code that the JIT compiler makes of a method. */
public final class Assembly {
  /*
   * With the disassembler plug-in hsdis the JVM prints instructions; without it the bytes, which
   * objdump takes.
   */

  private static final String COMPILED_BY_C2 = "Compiled method (c2)";
  private static final String DISASSEMBLED = "[Disassembly]";
  private static final Pattern BYTES = Pattern.compile("\\s*0x([0-9a-f]{8,16}):\\s+([0-9a-f |]+)");
  private static final Pattern INSTRUCTION = Pattern.compile("\\s*(0x)?[0-9a-f]+:\\s.*");

  /**
   * What was found.
   *
   * @param text the instructions
   * @param by what disassembled them
   */
  public record Listing(String text, String by) {
    /** Number of instructions. */
    public long instructions() {
      return text.lines().filter(line -> INSTRUCTION.matcher(line).matches()).count();
    }
  }

  private Assembly() {}

  /**
   * Of a method in its full name, as C2 compiles it in a workload's passes.
   *
   * @throws RunFailure if there is nothing that disassembles; the message says what to install
   */
  public static Listing of(String method, Workload workload, JvmOptions options, Duration limit)
      throws RunFailure {
    int dot = method.lastIndexOf('.');
    List<String> flags =
        List.of(
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:CompileCommand=quiet",
            "-XX:PrintAssemblyOptions=intel",
            "-XX:CompileCommand=print,"
                + method.substring(0, dot)
                + "::"
                + method.substring(dot + 1));
    String printed =
        new ChildProcess(limit)
            .output(Machine.timedHakmem(workload, options.with(flags, List.of()), 0));
    String compiled = lastOfC2(printed).orElseThrow(() -> new RunFailure("C2 did not compile it"));
    return compiled.contains(DISASSEMBLED)
        ? new Listing(compiled, "hsdis")
        : new Listing(byObjdump(machineCode(compiled)), "objdump");
  }

  /** The last time that C2 compiled something, up to the next compilation. */
  static Optional<String> lastOfC2(String printed) {
    int start = printed.lastIndexOf(COMPILED_BY_C2);
    if (start < 0) {
      return Optional.empty();
    }
    int next = printed.indexOf("\nCompiled method", start);
    return Optional.of(next < 0 ? printed.substring(start) : printed.substring(start, next));
  }

  /**
   * Bytes of code at their addresses.
   *
   * @param start address of the first
   * @param bytes what lies from there on
   */
  record MachineCode(long start, ByteBuffer bytes) {}

  static MachineCode machineCode(String compiled) throws RunFailure {
    TreeMap<Long, byte[]> pieces = new TreeMap<>();
    compiled
        .lines()
        .map(BYTES::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                pieces.put(
                    Long.parseUnsignedLong(line.group(1), 16),
                    HexFormat.of().parseHex(line.group(2).replaceAll("[ |]", ""))));
    if (pieces.isEmpty()) {
      throw new RunFailure("the JVM printed no machine code");
    }
    long start = pieces.firstKey();
    long end = pieces.lastKey() + pieces.lastEntry().getValue().length;
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(end - start));
    pieces.forEach((address, piece) -> all.put(Math.toIntExact(address - start), piece));
    return new MachineCode(start, all);
  }

  private static String byObjdump(MachineCode code) throws RunFailure {
    if (!onPath("objdump")) {
      throw new RunFailure(
          "nothing disassembles here: install objdump (apt-get install binutils), or hsdis for this"
              + " JDK");
    }
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    try {
      Path file = Files.createTempFile("hakmem-code", ".bin");
      try {
        Files.write(file, code.bytes().array());
        List<String> words = new ArrayList<>(List.of("objdump", "-D", "-b", "binary"));
        words.addAll(arm ? List.of("-m", "aarch64") : List.of("-m", "i386:x86-64", "-M", "intel"));
        words.add("--adjust-vma=0x" + Long.toHexString(code.start()));
        words.add(file.toString());
        return new ChildProcess(Duration.ofMinutes(1)).output(new Command(words));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean onPath(String program) {
    String path = Optional.ofNullable(System.getenv().get("PATH")).orElse("");
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
