// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.subject.LwjglNatives;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** LWJGL's libraries as files, unpacked when they are first needed and kept for the next call. */
final class UnpackedNatives {
  private UnpackedNatives() {}

  /** Says why not, if no jar has the library for this system. */
  static URL require(String library) throws UnavailableException {
    return LwjglNatives.find(library)
        .orElseThrow(
            () ->
                new UnavailableException(
                    "no jar of LWJGL has " + library + " for " + LwjglNatives.platform()));
  }

  /** The library's file. */
  static Path unpack(String library) throws UnavailableException {
    URL source = require(library);
    try (InputStream in = source.openStream()) {
      byte[] contents = in.readAllBytes();
      Path folder = CacheFolder.locate().resolve("lwjgl-" + hash(contents));
      Path file = folder.resolve(Path.of(library).getFileName());
      if (!Files.isRegularFile(file)) {
        Files.createDirectories(folder);
        CacheFolder.writeAtomically(file, contents);
      }
      return file;
    } catch (IOException e) {
      throw new UnavailableException("cannot unpack " + library + ": " + e.getMessage());
    }
  }

  private static String hash(byte[] contents) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(contents), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
