// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A stack that was sampled.
 *
 * @param frames the root first, each with a mark of where it ran
 * @param samples how often
 */
record Stack(List<String> frames, long samples) {
  private static final String KERNEL = "_[k]";
  private static final String INLINED = "_[i]";
  private static final String ALLOCATOR = "io.hakmem.";
  private static final String LABORATORY = "io.hakmem.lab.";
  private static final String RAW_ACCESS = "io.hakmem.memory.";

  /** Every stack of a profiler's text. */
  static List<Stack> parse(String collapsed) {
    List<Stack> stacks = new ArrayList<>();
    for (String line : collapsed.split("\n", -1)) {
      int space = line.lastIndexOf(' ');
      if (space > 0) {
        stacks.add(
            new Stack(
                List.of(line.substring(0, space).split(";", -1)),
                Long.parseLong(line.substring(space + 1))));
      }
    }
    return stacks;
  }

  boolean endsInKernel() {
    return frames.getLast().endsWith(KERNEL);
  }

  boolean has(Predicate<String> frame) {
    return frames.stream().anyMatch(frame);
  }

  /** The allocator's method that the program called; empty if it called none. */
  String entry() {
    return frames.stream().filter(Stack::isAllocator).map(Stack::method).findFirst().orElse("");
  }

  /** Whether the time is the allocator's own or spent on its behalf. */
  boolean inAllocator() {
    return frames.stream().anyMatch(Stack::isAllocator);
  }

  /**
   * The position of the function that the time is put down to: the last one, except that what the
   * JDK and raw memory access are inlined into is put down to that.
   */
  int top() {
    int last = frames.size() - 1;
    for (int i = last; i >= 0 && !endsInKernel(); i--) {
      String frame = frames.get(i);
      boolean passed = frame.endsWith(INLINED) && (isJdk(frame) || frame.startsWith(RAW_ACCESS));
      if (!passed) {
        return i;
      }
    }
    return last;
  }

  /** The function in whose machine code the sample lies; empty if it lies in no JIT compiler's. */
  Optional<String> compiled() {
    int i = frames.size() - 1;
    while (i > 0 && frames.get(i).endsWith(INLINED)) {
      i--;
    }
    String frame = frames.get(i);
    return location(frame).equals("user, JIT") ? Optional.of(name(frame)) : Optional.empty();
  }

  /** The innermost function of the allocator itself; empty if there is none. */
  String innermost() {
    return frames.reversed().stream()
        .filter(frame -> isAllocator(frame) && !frame.startsWith(RAW_ACCESS))
        .map(Stack::name)
        .findFirst()
        .orElse("");
  }

  static boolean isAllocator(String frame) {
    return frame.startsWith(ALLOCATOR) && !frame.startsWith(LABORATORY);
  }

  private static boolean isJdk(String frame) {
    return frame.startsWith("java.") || frame.startsWith("jdk.") || frame.startsWith("sun.");
  }

  /** Without the mark. */
  static String name(String frame) {
    int mark = frame.lastIndexOf("_[");
    return mark < 0 ? frame : frame.substring(0, mark);
  }

  private static String method(String frame) {
    String name = name(frame);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Where a frame ran, for people. */
  static String location(String frame) {
    int mark = frame.lastIndexOf("_[");
    return switch (mark < 0 ? "" : frame.substring(mark)) {
      case KERNEL -> "kernel";
      case INLINED -> "user, inlined";
      case "_[j]" -> "user, JIT";
      case "_[1]" -> "user, C1";
      case "_[0]" -> "user, interpreted";
      default -> "user, native";
    };
  }
}
