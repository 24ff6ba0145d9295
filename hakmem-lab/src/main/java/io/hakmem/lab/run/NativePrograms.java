// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The C twin, compiled when it is first needed and kept for the next call. */
final class NativePrograms {
  /** How a program calls the functions under test: {@code native/harness.h}. */
  enum Variant {
    DIRECT,
    POINTERS,
    PROBE,
    LATENCY
  }

  private static final List<String> HEADERS =
      List.of("harness.h", "workers.h", "lran2.h", "batch_ring.h", "sliding_window.h", "bignum.h");
  private static final List<String> SOURCES =
      List.of(
          "harness.c",
          "allocator.c",
          "probe.c",
          "latency.c",
          "workers.c",
          "random_mixed.c",
          "pair.c",
          "producer_consumer.c",
          "burst_idle.c",
          "keep_one_in_20.c",
          "huge_realloc.c",
          "replay.c",
          "tiny_hot.c",
          "xmalloc_test.c",
          "larson.c",
          "sh6_like.c",
          "sh8_like.c",
          "mleak.c",
          "alloc_test.c",
          "mt_remote.c",
          "false_sharing.c",
          "mstress.c",
          "rptest.c",
          "glibc_simple.c",
          "glibc_thread.c",
          "malloc_large.c",
          "mid_large_mt.c",
          "comprehensive.c",
          "bignum.c",
          "cfrac.c",
          "arena.c");
  private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");
  private static final List<String> FLAGS =
      List.of(
          "-std=c11",
          "-D_GNU_SOURCE",
          "-O3",
          "-march=native",
          "-fno-builtin-malloc",
          "-fno-builtin-free",
          "-fno-builtin-calloc",
          "-fno-builtin-realloc",
          "-pthread");
  private static final List<String> LIBRARIES = List.of("-ldl");

  private final ChildProcess processes = new ChildProcess(Duration.ofMinutes(2));

  private final Map<Variant, Path> known = new EnumMap<>(Variant.class);

  /** The program of a variant. */
  Path program(Variant variant) throws UnavailableException {
    Path program = known.get(variant);
    if (program == null) {
      program = cachedOrCompiled(variant);
      known.put(variant, program);
    }
    return program;
  }

  private Path cachedOrCompiled(Variant variant) throws UnavailableException {
    String compiler = compiler();
    try {
      Path folder = CacheFolder.locate().resolve("native-" + key(compiler));
      Path program = folder.resolve(variant.name());
      if (!Files.isExecutable(program)) {
        compile(compiler, variant, folder, program);
      }
      return program;
    } catch (IOException e) {
      throw new UnavailableException("cannot keep compiled programs: " + e.getMessage());
    }
  }

  private String compiler() throws UnavailableException {
    for (String name : COMPILERS) {
      try {
        processes.output(new Command(List.of(name, "--version")));
        return name;
      } catch (RunFailure e) {
        // Not this one; the last one missing is reported below.
      }
    }
    throw new UnavailableException(
        "no C compiler found (" + String.join(", ", COMPILERS) + "): the C program is needed");
  }

  private void compile(String compiler, Variant variant, Path folder, Path program)
      throws IOException, UnavailableException {
    Files.createDirectories(folder);
    for (String name : names()) {
      CacheFolder.writeAtomically(folder.resolve(name), source(name));
    }
    Path part = Files.createTempFile(folder, "part", null);
    List<String> words = new ArrayList<>(List.of(compiler));
    words.addAll(FLAGS);
    words.addAll(List.of("-D" + variant, "-o", part.toString()));
    SOURCES.forEach(name -> words.add(folder.resolve(name).toString()));
    words.addAll(LIBRARIES);
    try {
      processes.output(new Command(words));
    } catch (RunFailure e) {
      Files.delete(part);
      throw new UnavailableException("the C program does not compile: " + e.reason());
    }
    Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Everything that the program depends on; the processor because of -march=native. */
  private String key(String compiler) throws UnavailableException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String name : names()) {
        digest.update(source(name));
      }
      String version = processes.output(new Command(List.of(compiler, "--version")));
      String rest = compiler + FLAGS + LIBRARIES + version + Environment.cpuModel();
      digest.update(rest.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (RunFailure e) {
      throw new UnavailableException(compiler + " does not run: " + e.reason());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(HEADERS);
    names.addAll(SOURCES);
    return names;
  }

  private static byte[] source(String name) {
    try (InputStream in = NativePrograms.class.getResourceAsStream("/native/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the resource native/" + name + " is missing");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
