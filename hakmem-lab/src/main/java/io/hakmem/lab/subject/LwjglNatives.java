// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.net.URL;
import java.util.Locale;
import java.util.Optional;

/** The C libraries in LWJGL's jars, for the system this process runs on. */
public final class LwjglNatives {
  /** LWJGL's own. */
  public static final String LWJGL = "liblwjgl.so";

  public static final String MIMALLOC = "mimalloc/libmimalloc.so";
  public static final String JEMALLOC = "jemalloc/libjemalloc.so";

  /** rpmalloc inside of LWJGL's binding: exports functions of JNI and no others. */
  public static final String RPMALLOC = "rpmalloc/liblwjgl_rpmalloc.so";

  private LwjglNatives() {}

  /** Where a library is; empty if no jar on the class path has it for this system. */
  public static Optional<URL> find(String library) {
    String resource = "/" + platform() + "/org/lwjgl/" + library;
    return Optional.ofNullable(LwjglNatives.class.getResource(resource));
  }

  /** The system as LWJGL's jars call it: {@code linux/x64}. */
  public static String platform() {
    String architecture = System.getProperty("os.arch");
    String shortName =
        switch (architecture) {
          case "amd64", "x86_64" -> "x64";
          case "aarch64" -> "arm64";
          default -> architecture;
        };
    return System.getProperty("os.name").toLowerCase(Locale.ROOT) + "/" + shortName;
  }
}
