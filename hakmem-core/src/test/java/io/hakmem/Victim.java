// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.InvalidFreeException.Kind;
import io.hakmem.superslab.Region;
import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The allocator under attack: knows what is live, and so what a bad free has to be refused for. */
final class Victim {

  static final String SPOILS = "spoils";
  static final String FAULTS = "faults";
  static final String STALE = "stale";
  static final String ZEROED = "zeroed";
  static final String REUSED = "reused";
  static final String MOVED = "moved";
  static final String ALLOWED = "allowed";
  static final String PREVENTED = "prevented";

  /** Usable bytes by address of everything that is live. */
  private final TreeMap<Long, Long> live = new TreeMap<>();

  private final Set<String> outcomes = new TreeSet<>();
  private final long size;

  /** The victim of one attack with blocks of {@code size} bytes. */
  Victim(long size) {
    this.size = size;
  }

  long size() {
    return size;
  }

  Set<String> outcomes() {
    return outcomes;
  }

  void note(String outcome) {
    outcomes.add(outcome);
  }

  // ---- what a sound program does

  long allocate() {
    return allocate(size);
  }

  long allocate(long byteSize) {
    return enter(Hakmem.allocate(byteSize));
  }

  long enter(long address) {
    live.put(address, Hakmem.usableSize(address));
    return address;
  }

  void free(long address) {
    live.remove(address);
    Hakmem.free(address);
  }

  /** Allocates and frees, many times where that is cheap. */
  void churn(int count) {
    int times = size > 1 << 20 ? count / 64 : count;
    for (int i = 0; i < times; i++) {
      Hakmem.free(Hakmem.allocate(size));
    }
  }

  // ---- what an attack does

  /** Frees whatever is at an address; a refusal has to say what the model knows. */
  void attack(long address) {
    Kind kind = expected(address);
    if (kind == null) { // it is somebody's live block: nobody can tell the one from the other
      free(address);
      return;
    }
    Misuse.refused(kind, address, () -> Hakmem.free(address));
    note(kind.name());
  }

  /** Why the free of an address has to be refused; null if a live block starts there. */
  private @Nullable Kind expected(long address) {
    if (!Region.contains(address)) {
      return Kind.FOREIGN;
    }
    Map.Entry<Long, Long> below = live.floorEntry(address);
    if (below == null || address >= below.getKey() + below.getValue()) {
      return Kind.NOT_ALLOCATED;
    }
    return below.getKey() == address ? null : Kind.INTERIOR;
  }

  /** Frees with a size that is wrong. */
  void attackSized(long address, long byteSize) {
    Misuse.refused(Kind.WRONG_SIZE, address, () -> Hakmem.free(address, byteSize));
    note(Kind.WRONG_SIZE.name());
  }

  void attackBy(HakmemHeap heap, Kind kind, long address) {
    Misuse.refused(kind, address, () -> heap.free(address));
    note(kind.name());
  }

  void refused(Kind kind, long address, Runnable action) {
    Misuse.refused(kind, address, action);
    note(kind.name());
  }

  /** Changes a byte that is not the program's, if the process may write there at all. */
  void spoil(long address) {
    if (!isWritable(address)) {
      note(FAULTS);
      return;
    }
    assertTrue(Region.contains(address), "the attack is meant to stay in the allocator's memory");
    Raw.putByte(address, Raw.getByte(address) ^ 'A');
    note(SPOILS);
  }

  void thrown(Class<? extends Throwable> type, Runnable action) {
    assertThrows(type, action::run);
    note(type.getSimpleName());
  }

  void noteContents(long address, long byteSize) {
    note(Patterns.firstNonZero(address, byteSize) < 0 ? ZEROED : STALE);
  }

  /** The allocator is sound: no address is handed out twice, and everything can be freed. */
  void end() {
    HeapVerifier.verify();
    for (int i = 0; i < (size > 1 << 20 ? 4 : 64); i++) {
      long address = Hakmem.allocate(size);
      Map.Entry<Long, Long> below = live.lowerEntry(address + Hakmem.usableSize(address));
      assertTrue(
          below == null || below.getKey() + below.getValue() <= address,
          "a block inside one that is live");
      enter(address);
    }
    for (long address : List.copyOf(live.keySet())) {
      free(address);
    }
    assertEquals(0, Hakmem.stats().allocatedBytes(), "bytes still allocated");
    HeapVerifier.verify();
  }

  // ---- the process's mappings

  static boolean isWritable(long address) {
    return permissions(address).startsWith("rw");
  }

  static boolean isExecutable(long address) {
    return permissions(address).contains("x");
  }

  /** Permissions of the mapping that holds an address; empty if there is none. */
  private static String permissions(long address) {
    for (String line : maps()) {
      String[] words = line.split("[- ]", 4);
      if (Long.compareUnsigned(address, Long.parseUnsignedLong(words[0], 16)) >= 0
          && Long.compareUnsigned(address, Long.parseUnsignedLong(words[1], 16)) < 0) {
        return words[2];
      }
    }
    return "";
  }

  /** An address on the stack of the process's first thread. */
  static long stackAddress() {
    String line =
        maps().stream().filter(each -> each.endsWith("[stack]")).findFirst().orElseThrow();
    return Long.parseUnsignedLong(line.split("[- ]", 3)[1], 16) - 4096;
  }

  private static List<String> maps() {
    try {
      return Files.readAllLines(Path.of("/proc/self/maps"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
