// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.front;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.slab.SizeClasses;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The policy alone, on counts that nobody had to produce. */
final class CapacityControllerTest {

  private static final FrontSettings SETTINGS =
      new FrontSettings(64, 32, 8, 1024, 1 << 20, false, true);
  private static final int CLASSES = SizeClasses.MAX_CLASS + 1;
  private static final int ONE = SizeClasses.classOf(64);
  private static final int OTHER = SizeClasses.classOf(128);

  private final long[] requests = new long[CLASSES];
  private final long[] swaps = new long[CLASSES];
  private final int[] capacities = fixed();

  private static int[] fixed() {
    int[] capacities = new int[CLASSES];
    for (int c = 1; c < CLASSES; c++) {
      capacities[c] = SETTINGS.capacityOf(c);
    }
    return capacities;
  }

  private void use(int sizeClass, long swapCount) {
    requests[sizeClass] = 1000;
    swaps[sizeClass] = swapCount;
  }

  private void decide() {
    CapacityController.plan(SETTINGS, requests, swaps, capacities);
  }

  private static long bytes(int[] capacities) {
    long bytes = 0;
    for (int c = 1; c < CLASSES; c++) {
      bytes += (long) capacities[c] * SizeClasses.bytes(c);
    }
    return bytes;
  }

  @Test
  void aClassThatRunsEmptyAndFull_doublesUpToTheCeiling() {
    use(ONE, CapacityController.GROW_SWAPS);
    decide();
    assertEquals(128, capacities[ONE]);
    decide();
    assertEquals(256, capacities[ONE]);
    decide();
    assertEquals(256, capacities[ONE]);
    assertEquals(256, SETTINGS.ceilingOf(ONE));
  }

  @Test
  void aClassThatIsUsedAndFits_staysAsItIs() {
    use(ONE, CapacityController.GROW_SWAPS - 1);
    for (int i = 0; i < 10; i++) {
      decide();
    }
    assertEquals(64, capacities[ONE]);
  }

  @Test
  void aClassNobodyUses_halvesDownToTheFloor() {
    use(ONE, 9);
    decide();
    decide();
    assertEquals(256, capacities[ONE]);
    requests[ONE] = 0;
    swaps[ONE] = 0;
    for (int expected : new int[] {128, 64, 32, 32}) {
      decide();
      assertEquals(expected, capacities[ONE]);
    }
  }

  @Test
  void phases_moveTheCapacityFromOneClassToTheOther() {
    for (int phase = 0; phase < 6; phase++) {
      int now = phase % 2 == 0 ? ONE : OTHER;
      int before = phase % 2 == 0 ? OTHER : ONE;
      Arrays.fill(requests, 0);
      Arrays.fill(swaps, 0);
      use(now, 5);
      for (int i = 0; i < 4; i++) {
        decide();
      }
      assertEquals(SETTINGS.ceilingOf(now), capacities[now], "phase " + phase);
      assertEquals(SETTINGS.floorOf(before), capacities[before], "phase " + phase);
    }
  }

  @Test
  void whenAllAreUsed_noneGrows_forNoneGivesAnythingUp() {
    for (int c = 1; c < CLASSES; c++) {
      use(c, 100);
    }
    decide();
    assertTrue(Arrays.equals(fixed(), capacities));
  }

  @Test
  void anySeries_keepsBudgetFloorAndCeiling() {
    Random random = new Random(42);
    boolean grown = false;
    for (int round = 0; round < 20_000; round++) {
      int used = random.nextInt(101);
      for (int c = 1; c < CLASSES; c++) {
        requests[c] = random.nextInt(100) < used ? 1 + random.nextInt(1000) : 0;
        swaps[c] = requests[c] == 0 ? 0 : random.nextInt(4);
      }
      decide();
      assertTrue(bytes(capacities) <= bytes(fixed()), "round " + round);
      for (int c = 1; c < CLASSES; c++) {
        assertTrue(capacities[c] >= SETTINGS.floorOf(c), "round " + round);
        assertTrue(capacities[c] <= SETTINGS.ceilingOf(c), "round " + round);
        grown |= capacities[c] > SETTINGS.capacityOf(c);
      }
    }
    assertTrue(grown);
  }
}
