// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The working tree that this program was built in, if it still lies there. */
public final class ProjectFolder {
  private static final String LAUNCHER = "hakmem";
  private static final String BUILD = "pom.xml";

  private ProjectFolder() {}

  /** The folder of the launcher, above this program's classes. */
  public static Optional<Path> locate() {
    for (Path folder = classes(); folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve(LAUNCHER)) && Files.exists(folder.resolve(BUILD))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static Path classes() {
    try {
      return Path.of(
          ProjectFolder.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("classes come from a file", e);
    }
  }
}
