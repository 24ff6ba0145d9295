// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.netty.sample.HttpServerSample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sample in a Java that grants neither native access nor memory of sun.misc.Unsafe unasked. */
final class NativeAccessTest {

  private record Ended(int status, String output) {}

  private static Ended sample(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--illegal-native-access=deny");
    command.add("--sun-misc-unsafe-memory-access=deny");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(HttpServerSample.class.getName());
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    program.getOutputStream().close();
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(program.waitFor(), output);
  }

  @Test
  void withNativeAccess_theServerServes() throws Exception {
    Ended ended = sample("--enable-native-access=ALL-UNNAMED");
    assertTrue(ended.output.contains("Hello, hakmem\nserved by hakmem: true\n"), ended.output);
    assertEquals(0, ended.status, ended.output);
  }

  @Test
  void withoutNativeAccess_theErrorNamesTheOption() throws Exception {
    Ended ended = sample();
    assertNotEquals(0, ended.status, ended.output);
    String wanted =
        "java.lang.IllegalCallerException: hakmem-netty needs native access: start Java with"
            + " --enable-native-access=ALL-UNNAMED\n";
    assertTrue(ended.output.contains(wanted), ended.output);
  }
}
