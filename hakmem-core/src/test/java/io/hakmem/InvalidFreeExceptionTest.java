// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeavesNothing.class)
final class InvalidFreeExceptionTest {

  @Test
  void message_saysWhatWasAskedAndWhereAndWhyNot() {
    long block = Hakmem.allocate(100);
    refused("free", block + 1, "inside a live block, not its start", () -> Hakmem.free(block + 1));
    refused("free", block, "the live block there has another size", () -> Hakmem.free(block, 500));
    refused("usableSize", 16, "not an address of this allocator", () -> Hakmem.usableSize(16));
    Hakmem.free(block);
    String freed = "no live block starts there; it was freed before or never allocated";
    refused("free", block, freed, () -> Hakmem.free(block));
    refused("free", block, freed, () -> Hakmem.handle().free(block));
  }

  private static void refused(String operation, long address, String why, Runnable action) {
    InvalidFreeException refusal = assertThrows(InvalidFreeException.class, action::run);
    assertEquals(
        operation + " of 0x" + Long.toHexString(address) + ": " + why, refusal.getMessage());
    assertEquals(address, refusal.address());
  }
}
