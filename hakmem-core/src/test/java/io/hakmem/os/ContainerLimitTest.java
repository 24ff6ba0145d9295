// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of cgroup v2 as hosts and containers show them, in files made up for the test. */
final class ContainerLimitTest {

  private static final String HOST_MOUNT =
      "36 25 0:31 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

  @TempDir private Path files;

  @Test
  void read_ofNestedGroups_isTheLeastOfAllAncestors() {
    write("proc/self/cgroup", "0::/user.slice/app.slice/app.service\n");
    write("proc/self/mountinfo", "25 1 8:1 / / rw - ext4 /dev/sda rw\n" + HOST_MOUNT);
    write("sys/fs/cgroup/user.slice/app.slice/app.service/memory.max", "max\n");
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files));
    write("sys/fs/cgroup/user.slice/memory.max", "3000000000\n");
    assertEquals(3_000_000_000L, ContainerLimit.read(files));
    write("sys/fs/cgroup/user.slice/app.slice/app.service/memory.max", "4000000000\n");
    assertEquals(3_000_000_000L, ContainerLimit.read(files));
    write("sys/fs/cgroup/user.slice/app.slice/memory.max", "1000000000\n");
    assertEquals(1_000_000_000L, ContainerLimit.read(files));
    write("sys/fs/cgroup/memory.max", "5000\n");
    assertEquals(5000, ContainerLimit.read(files));
  }

  @Test
  void read_insideContainerWithItsOwnNamespace_isInTheMount() {
    write("proc/self/cgroup", "0::/\n");
    write("proc/self/mountinfo", HOST_MOUNT);
    write("sys/fs/cgroup/memory.max", "536870912\n");
    assertEquals(536_870_912, ContainerLimit.read(files));
  }

  @Test
  void read_insideContainerWithTheHostsNamespace_isBelowTheRootOfTheMount() {
    write("proc/self/cgroup", "0::/docker/abc/inner\n");
    write("proc/self/mountinfo", HOST_MOUNT.replace(" / ", " /docker/abc "));
    write("sys/fs/cgroup/memory.max", "800\n");
    write("sys/fs/cgroup/inner/memory.max", "700\n");
    assertEquals(700, ContainerLimit.read(files));
  }

  @Test
  void read_ofGroupWithoutAFolder_isThatOfThoseAbove() {
    write("proc/self/mountinfo", HOST_MOUNT);
    write("proc/self/cgroup", "0::/docker/abc\n");
    write("sys/fs/memory.max", "1\n");
    write("sys/fs/cgroup/memory.max", "800\n");
    assertEquals(800, ContainerLimit.read(files));
  }

  @Test
  void read_ofGroupOutsideOfTheMount_isNone() {
    write("sys/fs/memory.max", "1\n");
    write("sys/fs/cgroup/memory.max", "800\n");
    write("proc/self/mountinfo", HOST_MOUNT);
    write("proc/self/cgroup", "0::/../../other\n");
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files));
    write("proc/self/mountinfo", HOST_MOUNT.replace(" / ", " /docker/abc "));
    write("proc/self/cgroup", "0::/docker/abcd\n");
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files));
  }

  @Test
  void read_ofHybridHierarchy_takesTheMountOfVersion2() {
    write("proc/self/cgroup", "4:memory:/limited\n1:cpu:/\n0::/app\n");
    write(
        "proc/self/mountinfo",
        """
        31 25 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """);
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files));
    write("sys/fs/cgroup/unified/app/memory.max", "900\n");
    assertEquals(900, ContainerLimit.read(files));
  }

  @Test
  void read_ofWhatIsMissingOrMakesNoSense_isNone() {
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files));
    write("proc/self/cgroup", "0::/\n");
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files), "no mounts");
    write("proc/self/mountinfo", HOST_MOUNT);
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files), "no file");
    for (String text : new String[] {"", "\n", "max", "-1", "x", "9".repeat(30), "12 13"}) {
      write("sys/fs/cgroup/memory.max", text);
      assertEquals(ContainerLimit.NONE, ContainerLimit.read(files), text);
    }
    write("proc/self/cgroup", "4:memory:/version1\n");
    write("sys/fs/cgroup/memory.max", "1000");
    assertEquals(ContainerLimit.NONE, ContainerLimit.read(files), "version 1 only");
  }

  @Test
  void read_byAnInterruptedThread_isTheSame() {
    write("proc/self/cgroup", "0::/\n");
    write("proc/self/mountinfo", HOST_MOUNT);
    write("sys/fs/cgroup/memory.max", "536870912\n");
    Thread.currentThread().interrupt();
    assertEquals(536_870_912, ContainerLimit.read(files));
    assertTrue(Thread.interrupted(), "the flag is kept");
  }

  @Test
  void read_ofThisMachine_isPositive() {
    assertTrue(ContainerLimit.read() > 0);
  }

  private void write(String name, String text) {
    try {
      Path file = files.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
