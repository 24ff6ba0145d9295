// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.LongFunction;

/**
 * The program that has several allocators: {@code WORKLOAD ARGUMENT…}; takes orders from its
 * standard input, a line each, and answers each with a line.
 */
public final class InProcessChild {
  /*
   * The allocator's state is static, so a class loader of its own is an allocator of its own: code
   * compiled for one arm knows nothing of the others. Knobs are read once, while properties are set
   * for one and not for the next.
   */

  /** Opens an allocator: milliseconds of untimed passes, classes, flags. */
  static final String OPEN = "open";

  /** Runs one: its number, milliseconds. */
  static final String RUN = "run";

  /** The answer to {@link #OPEN}. */
  static final String READY = "ready";

  private InProcessChild() {}

  /** Answers until the orders end; a failure of any thread ends the process. */
  public static void main(String[] workload) throws Exception {
    JvmChild.endWithAnyThread();
    PrintStream answers = System.out;
    System.setOut(System.err); // what an allocator prints is no answer
    List<LongFunction<String>> allocators = new ArrayList<>();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      List<String> words = List.of(line.split("\t", -1));
      if (words.getFirst().equals(OPEN)) {
        allocators.add(open(words, workload));
        answers.println(READY);
      } else {
        LongFunction<String> allocator = allocators.get(Integer.parseInt(words.get(1)));
        answers.println(allocator.apply(Long.parseLong(words.get(2))));
      }
      answers.flush();
    }
  }

  @SuppressWarnings("unchecked") // the class of another loader is known by its interface of the JDK
  private static LongFunction<String> open(List<String> words, String[] workload)
      throws ReflectiveOperationException, IOException {
    Properties before = (Properties) System.getProperties().clone();
    try {
      for (String flag : words.subList(3, words.size())) {
        int equals = flag.indexOf('=');
        System.setProperty(flag.substring("-D".length(), equals), flag.substring(equals + 1));
      }
      LongFunction<String> allocator =
          (LongFunction<String>)
              loader(words.get(2))
                  .loadClass(InProcessArm.class.getName())
                  .getConstructor(String[].class)
                  .newInstance((Object) workload);
      String ignored = allocator.apply(Long.parseLong(words.get(1)));
      return allocator;
    } finally {
      System.setProperties(before);
    }
  }

  /** Of all our classes and none of another loader's. */
  @SuppressWarnings("resource") // as long as the process
  private static ClassLoader loader(String classes) throws IOException {
    List<URL> urls = new ArrayList<>();
    String path = classes + File.pathSeparator + System.getProperty("java.class.path");
    for (String entry : path.split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
