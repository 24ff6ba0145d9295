// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the JDK's map, with keys that collide. */
final class LongIntMapTest {

  @Test
  void map_doesWhatTheModelDoes() {
    LongIntMap map = new LongIntMap();
    Map<Long, Integer> model = new HashMap<>();
    Random random = new Random(42);
    for (int i = 0; i < 300_000; i++) {
      int most = i / 100_000 % 2 == 0 ? 4_000 : 200; // grows, then is nearly empty
      long key = 16L * (1 + random.nextInt(most));
      if (random.nextInt(3) > 0) {
        map.put(key, i);
        model.put(key, i);
      } else {
        Integer expected = model.remove(key);
        assertEquals(expected == null ? LongIntMap.ABSENT : expected, map.remove(key));
      }
      long other = 16L * (1 + random.nextInt(most));
      assertEquals(model.getOrDefault(other, LongIntMap.ABSENT), map.get(other));
    }
    model.forEach((key, value) -> assertEquals(value, map.get(key)));
  }
}
