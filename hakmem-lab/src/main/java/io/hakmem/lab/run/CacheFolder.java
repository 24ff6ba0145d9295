// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where compiled programs are kept between calls. */
final class CacheFolder {
  private CacheFolder() {}

  /** The user's cache folder for hakmem, made if missing; a temporary one if there is no home. */
  static Path locate() throws IOException {
    String cache = System.getenv("XDG_CACHE_HOME");
    String home = System.getProperty("user.home");
    Path base;
    if (cache != null && cache.startsWith("/")) {
      base = Path.of(cache);
    } else if (home != null && home.startsWith("/")) {
      base = Path.of(home, ".cache");
    } else {
      base = Path.of(System.getProperty("java.io.tmpdir"));
    }
    return Files.createDirectories(base.resolve("hakmem-lab"));
  }

  /** Writes a file so that another process sees all of it or nothing. */
  static void writeAtomically(Path file, byte[] contents) throws IOException {
    Path part = Files.createTempFile(file.getParent(), "part", null);
    Files.write(part, contents);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
