// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.superslab.Region;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks and pages of every class, against a look at every block. */
final class SlabLayoutTest {

  @ParameterizedTest
  @ValueSource(ints = {12, 14, 16})
  void blocksAndPages_ofEveryClass_agree(int pageShift) {
    for (int sizeClass = 1; sizeClass <= SizeClasses.MAX_CLASS; sizeClass++) {
      SlabLayout layout = new SlabLayout(sizeClass, pageShift);
      String what = "class " + sizeClass;
      int pages = (int) ((SizeClasses.slices(sizeClass) * Region.SLICE_BYTES) >> pageShift);
      int[] first = new int[pages];
      int[] end = new int[pages];
      long all = 0;
      for (int block = 0; block < layout.blocks; block++) {
        int from = (block * layout.bytes) >> pageShift;
        int last = (block * layout.bytes + layout.bytes - 1) >> pageShift;
        long mine = 0;
        for (int page = from; page <= last; page++) {
          first[page] = end[page] == 0 ? block : first[page];
          end[page] = block + 1;
          mine |= 1L << page;
        }
        assertEquals(mine, layout.pagesOf(block), what);
        all |= mine;
      }
      assertEquals(all, layout.pages, what);
      for (int page = 0; page < pages; page++) {
        if (end[page] > 0) {
          assertEquals(first[page], layout.firstOn(page), what);
          assertEquals(end[page], layout.endOn(page), what);
        } else {
          assertTrue(layout.firstOn(page) >= layout.blocks, what);
        }
      }
    }
  }
}
