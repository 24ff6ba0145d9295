// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.control.Allocator;
import io.hakmem.guard.GuardedBlock;
import io.hakmem.guard.GuardedSlots;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the blocks that were chosen as samples: with {@code hakmem.guards.sampleEvery}
 * one in so many allocations gets a page of its own between pages that nobody may touch, and is
 * such a page itself once it is freed.
 *
 * <p>An access from Java to such a page throws {@link InternalError} in the thread that made it;
 * its stack says where that was, {@link #report()} where the blocks come from. A bad free of a
 * sampled block throws {@link InvalidFreeException} with the stacks of its allocation and its free
 * as suppressed exceptions.
 */
public final class HakmemGuards {

  private HakmemGuards() {}

  /** Every sampled block that is live or whose page was not used again, with its stacks. */
  public static String report() {
    GuardedSlots guards = slots();
    StringBuilder text = new StringBuilder();
    if (guards != null) {
      guards.all().forEach(block -> text.append(describe(block)));
    }
    return text.isEmpty() ? "no sampled block\n" : text.toString();
  }

  /** The sampled block that an address lies in or next to, with its stacks. */
  public static String report(long address) {
    GuardedSlots guards = slots();
    GuardedBlock block = guards == null ? null : guards.near(address);
    String where = "0x" + Long.toHexString(address);
    if (block == null) {
      return where + " is next to no sampled block\n";
    }
    return where + " is at offset " + (address - block.address()) + " of " + describe(block);
  }

  private static @Nullable GuardedSlots slots() {
    Allocator allocator = Allocator.current();
    return allocator == null ? null : allocator.guards();
  }

  private static String describe(GuardedBlock block) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    Throwable freed = block.freed();
    String state = freed == null ? "live" : "freed";
    String at = "0x" + Long.toHexString(block.address());
    out.println("a " + state + " block of " + block.byteSize() + " bytes at " + at);
    block.allocated().printStackTrace(out);
    if (freed != null) {
      freed.printStackTrace(out);
    }
    out.flush();
    return text.toString();
  }

  /** Adds the stacks of a block to an exception about it. */
  static void attach(GuardedBlock block, Throwable failure) {
    failure.addSuppressed(block.allocated());
    Throwable freed = block.freed();
    if (freed != null) {
      failure.addSuppressed(freed);
    }
  }
}
