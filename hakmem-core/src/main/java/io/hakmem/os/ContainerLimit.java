// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The memory limit that the container of this process sets, if there is one: cgroup v2 only. */
public final class ContainerLimit {
  /*
   *   /proc/self/cgroup       0::/system.slice/app.service     the group of this process
   *   /proc/self/mountinfo    36 25 0:31 ROOT MOUNT ... - cgroup2     where groups below ROOT are folders
   *   MOUNT/.../memory.max    1073741824, or max               in the group's folder and those above
   *
   * The least of them holds. Seen from inside a container the group is usually "/", and its limit
   * stands in the mount itself. A group outside of ROOT has limits, but nobody here can read them.
   *
   * Files are read by FileInputStream, for an interrupted thread may ask, and that closes channels.
   */

  /** There is no limit, or none that can be read. */
  public static final long NONE = Long.MAX_VALUE;

  private static final String GROUP_PREFIX = "0::";
  private static final int ROOT_FIELD = 3;
  private static final int MOUNT_FIELD = 4;

  private ContainerLimit() {}

  /** The limit in bytes at this moment, or {@link #NONE}; reads a few small files. */
  public static long read() {
    return read(Path.of("/"));
  }

  /** As {@link #read()}, with another root of the file system. */
  static long read(Path files) {
    String group =
        text(files.resolve("proc/self/cgroup"))
            .lines()
            .filter(line -> line.startsWith(GROUP_PREFIX))
            .map(line -> line.substring(GROUP_PREFIX.length()))
            .findFirst()
            .orElse("");
    Optional<String[]> mount =
        text(files.resolve("proc/self/mountinfo"))
            .lines()
            .filter(line -> line.contains(" - cgroup2 "))
            .map(line -> line.split(" ", -1))
            .findFirst();
    if (group.isEmpty() || mount.isEmpty()) {
      return NONE;
    }
    Path root = Path.of(mount.get()[ROOT_FIELD]);
    Path below = Path.of(group);
    if (!below.startsWith(root) || !below.equals(below.normalize())) {
      return NONE;
    }
    Path folder = files.resolve(Path.of("/").relativize(Path.of(mount.get()[MOUNT_FIELD])));
    return leastFrom(folder.resolve(root.relativize(below)), folder);
  }

  /** The least limit of a folder and those above it, up to {@code last}. */
  private static long leastFrom(Path first, Path last) {
    long least = NONE;
    for (Path folder = first; folder != null && folder.startsWith(last); ) {
      least = Math.min(least, limitIn(folder));
      folder = folder.getParent();
    }
    return least;
  }

  private static long limitIn(Path folder) {
    String text = text(folder.resolve("memory.max")).strip();
    return !text.isEmpty() && text.chars().allMatch(Character::isDigit) && text.length() < 19
        ? Long.parseLong(text)
        : NONE;
  }

  /** What is in a file; nothing if it cannot be read. */
  private static String text(Path file) {
    try (InputStream in = new FileInputStream(file.toFile())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
