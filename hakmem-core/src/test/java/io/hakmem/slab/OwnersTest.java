// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.superslab.PageMap;
import org.junit.jupiter.api.Test;

final class OwnersTest {

  @Test
  void arriveAndLeave_everyOwnerNumberNearWordBorders_touchOnlyThatOne() {
    Owners owners = new Owners();
    int[] numbers = {1, 2, 31, 32, 33, 63, 64, 1000, PageMap.MAX_OWNER - 1, PageMap.MAX_OWNER};
    for (int owner : numbers) {
      assertFalse(owners.isPresent(owner));
      owners.arrive(owner);
      assertTrue(owners.isPresent(owner));
      assertFalse(owners.isPresent(owner - 1), "the number below " + owner);
      owners.leave(owner);
      assertFalse(owners.isPresent(owner));
    }
    for (int owner = 1; owner <= PageMap.MAX_OWNER; owner++) {
      owners.arrive(owner);
    }
    owners.leave(64);
    for (int owner = 1; owner <= PageMap.MAX_OWNER; owner++) {
      assertEquals(owner != 64, owners.isPresent(owner));
    }
    assertFalse(owners.isPresent(PageMap.NO_OWNER));
  }
}
