// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.superslab.PageMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The records of blocks in every kind of slab. */
final class BlockRecordsTest {

  @ParameterizedTest
  @ValueSource(longs = {16, 100, 2048, 2304, 5000, 48 << 10, 100_000, 3 << 20})
  void claim_ofTwoThatSawTheBlockLive_oneSucceeds(long size) {
    long address = Hakmem.allocate(size);
    BlockRecords records = new BlockRecords();
    int live = BlockRecords.of(BlockRecords.LIVE, 28, true);
    records.enter(address, PageMap.kind(PageMap.entry(address)), live);
    assertEquals(live, records.get(address));
    assertTrue(records.claim(address, live));
    assertFalse(records.claim(address, live), "the other one saw it live as well");
    int claimed = records.get(address);
    assertEquals(BlockRecords.QUARANTINED, BlockRecords.state(claimed));
    assertEquals(28, BlockRecords.slack(claimed));
    assertTrue(BlockRecords.isGuarded(claimed));
    records.forget(address);
    assertEquals(0, records.get(address));
    assertFalse(records.claim(address, live));
    Hakmem.free(address);
  }
}
