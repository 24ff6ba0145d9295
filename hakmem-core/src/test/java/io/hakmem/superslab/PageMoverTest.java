// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.superslab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.memory.CBytes;
import io.hakmem.memory.Memory;
import io.hakmem.os.FakeOsMemory;
import io.hakmem.os.FakeOsMemory.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Contents of superslabs at other places, and the mappings that this makes. */
final class PageMoverTest {

  private static final int SUPERSLABS = 40;
  private static final int MAX_SEAMS = 9;
  private static final long SLICE = Region.SLICE_BYTES;

  private final FakeOsMemory os = TestRegion.wiped();
  private final Account account = new Account(Long.MAX_VALUE);
  private final Superslabs superslabs = new Superslabs(os, account);
  private final PageMover mover = new PageMover(os, account, superslabs, MAX_SEAMS);
  private long chargedWhole;

  PageMoverTest() {
    assertEquals(0, superslabs.acquireSuperslabs(SUPERSLABS, 1));
  }

  @AfterEach
  void verify() {
    mover.verify();
    chargedWhole = 0;
    for (int index = 0; index < SUPERSLABS; index++) {
      if (superslabs.at(index).use == Superslab.Use.WHOLE) {
        chargedWhole += bytes(superslabs.dirtySlices(index));
      }
    }
    assertEquals(account.chargedBytes(), superslabs.verify() + chargedWhole);
  }

  @Test
  void move_takesSlicesAndTheirChargeAlong() {
    write(3, 0b1011, 3);
    write(4, 0b0001, 4);
    write(20, 0b1100, 20);
    assertTrue(mover.move(3, 20, 2));
    assertEquals(bytes(0b1011) + bytes(0b0001), account.chargedBytes(), "what was there is gone");
    assertEquals(0, superslabs.dirtySlices(3));
    assertEquals(0b1011, superslabs.dirtySlices(20));
    assertEquals(0b0001, superslabs.dirtySlices(21));
    assertWritten(20, 0b1011, 3);
    assertWritten(21, 0b0001, 4);
    assertZero(20, 0b0100);
    assertZero(3, 0b1111);
  }

  @Test
  void move_thereAndBack_leavesNoSeam() throws IOException {
    long mappings = mappings();
    write(3, 1, 3);
    assertTrue(mover.move(3, 20, 1));
    assertTrue(mover.move(20, 30, 1));
    assertTrue(mappings() > mappings);
    assertTrue(mover.move(30, 3, 1));
    assertWritten(3, 1, 3);
    free(0, SUPERSLABS);
    mover.renew(System.nanoTime());
    assertEquals(mappings, mappings());
  }

  @Test
  void move_beyondTheBoundOfSeams_copies() throws IOException {
    long mappings = mappings();
    for (int i = 0; i < 12; i++) {
      int to = SUPERSLABS - 2 - 2 * i;
      write(i, 0b101, i);
      assertTrue(mover.move(i, to, 1));
      assertWritten(to, 0b101, i);
      assertTrue(mappings() <= mappings + MAX_SEAMS, "as many as are allowed");
    }
    assertTrue(mappings() > mappings + MAX_SEAMS - 2, "not fewer either");
    assertEquals(12 * bytes(0b101), account.chargedBytes());
    free(0, SUPERSLABS);
    mover.renew(System.nanoTime());
    assertEquals(mappings, mappings());
  }

  @Test
  void move_ofPiecesOfSeveralMappings_takesACallForEach() {
    for (int index = 3; index < 9; index++) {
      write(index, 1, index);
    }
    assertTrue(mover.move(3, 20, 3));
    assertTrue(mover.move(6, 23, 3));
    write(26, 1, 26);
    long calls = os.callCounts().remap();
    assertTrue(mover.move(20, 30, 7));
    assertEquals(2 * 2, os.callCounts().remap() - calls, "moved pages are one piece again");
    for (int i = 0; i < 6; i++) {
      assertWritten(30 + i, 1, 3 + i);
    }
    assertWritten(36, 1, 26);
    assertZero(20, 1);
  }

  @Test
  void move_refusedForAllAtOnce_movesOneByOne() {
    write(3, 1, 3);
    write(4, 1, 4);
    os.refuse((call, number) -> call == Call.MOVE && number <= 2);
    long advised = os.callCounts().advise();
    assertTrue(mover.move(3, 20, 2));
    assertWritten(20, 1, 3);
    assertWritten(21, 1, 4);
    assertEquals(advised, os.callCounts().advise(), "nothing was copied");
  }

  @Test
  void move_whenNothingButCopyingIsLeft_doesThatWithinTheAccount() {
    os.refuse((call, number) -> call == Call.MOVE);
    write(3, 0b0110, 3);
    write(20, 0b0011, 20);
    assertTrue(mover.move(3, 20, 1));
    assertWritten(20, 0b0110, 3);
    assertEquals(0b0111, superslabs.dirtySlices(20), "what was there may hold data still");
    assertEquals(bytes(0b0111), account.chargedBytes());
    assertZero(3, 0b1111);
  }

  @Test
  void move_whenNothingAtAllIsAllowed_keepsBothPlacesCharged() {
    os.refuse((call, number) -> true);
    write(3, 0b0110, 3);
    assertTrue(mover.move(3, 20, 1));
    assertWritten(20, 0b0110, 3);
    assertEquals(0b0110, superslabs.dirtySlices(3));
    assertEquals(2 * bytes(0b0110), account.chargedBytes());
  }

  @Test
  void renew_takesWhatRestsAndIsFree() {
    write(3, 0b11, 3);
    write(4, 0b11, 4);
    assertTrue(mover.move(3, 20, 2));
    assertEquals(0, mover.renew(System.nanoTime()), "in use");
    superslabs.releaseSuperslab(20, superslabs.dirtySlices(20), System.nanoTime());
    assertEquals(0, mover.renew(System.nanoTime() - 3_600_000_000_000L), "not old enough");
    superslabs.releaseSuperslab(21, superslabs.dirtySlices(21), System.nanoTime());
    assertEquals(2 * bytes(0b11), mover.renew(System.nanoTime()));
    assertZero(20, 0b1111);
    assertZero(21, 0b1111);
    assertEquals(0, mover.renew(System.nanoTime()), "nothing is left to do");
    assertTrue(superslabs.acquireSuperslabsAt(20, 2), "free as before");
  }

  @Test
  void verify_findsADisplacedSuperslabThatIsNotNoted() {
    superslabs.at(5).origin = 7;
    assertThrows(IllegalStateException.class, mover::verify);
    superslabs.at(5).origin = 5;
  }

  @Test
  void randomMoves_keepContentsAndAccount() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    int[] holds = new int[SUPERSLABS];
    for (int index = 0; index < SUPERSLABS / 2; index++) {
      holds[index] = index + 1;
      write(index, 0b11, index + 1);
    }
    long before = mappings();
    for (int step = 0; step < 2000; step++) {
      int count = 1 + random.nextInt(3);
      int from = random.nextInt(SUPERSLABS - count);
      int to = random.nextInt(SUPERSLABS - count);
      if (Math.abs(from - to) < count || !isFree(holds, to, count)) {
        continue;
      }
      int refused = random.nextInt(4);
      os.refuse((call, number) -> refused == 0 && random.nextInt(3) == 0);
      assertTrue(mover.move(from, to, count));
      os.refuse(FakeOsMemory.Refusal.NEVER);
      for (int i = 0; i < count; i++) {
        holds[to + i] = holds[from + i];
        holds[from + i] = 0;
      }
      if (step % 20 == 0) {
        check(holds);
        verify();
        assertTrue(mappings() <= before + MAX_SEAMS);
      }
    }
    check(holds);
  }

  private static boolean isFree(int[] holds, int index, int count) {
    for (int i = index; i < index + count; i++) {
      if (holds[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static void check(int[] holds) {
    for (int index = 0; index < SUPERSLABS; index++) {
      if (holds[index] != 0) {
        assertWritten(index, 0b11, holds[index]);
      }
    }
  }

  private void free(int index, int count) {
    for (int i = index; i < index + count; i++) {
      superslabs.releaseSuperslab(i, superslabs.dirtySlices(i), System.nanoTime());
    }
  }

  private void write(int index, int slices, int seed) {
    assertTrue(superslabs.chargeSlices(index, slices));
    for (int left = slices; left != 0; left &= left - 1) {
      CBytes.fill(addressOf(index, left), SLICE, (byte) (seed + 1));
    }
  }

  private static void assertWritten(int index, int slices, int seed) {
    assertAll(index, slices, (byte) (seed + 1));
  }

  private static void assertZero(int index, int slices) {
    assertAll(index, slices, (byte) 0);
  }

  private static void assertAll(int index, int slices, byte value) {
    for (int left = slices; left != 0; left &= left - 1) {
      for (long at = 0; at < SLICE; at += 512) {
        assertEquals(value, Memory.getByte(addressOf(index, left) + at), "superslab " + index);
      }
    }
  }

  private static long addressOf(int index, int slices) {
    int slice = Integer.numberOfTrailingZeros(slices);
    return Region.addressOf(index * Region.SLICES_PER_SUPERSLAB + slice);
  }

  private static long bytes(int slices) {
    return (long) Integer.bitCount(slices) << Region.SLICE_SHIFT;
  }

  /** Mappings of the region's blocks, as the kernel lists them. */
  private static long mappings() throws IOException {
    long count = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      long from = Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
      count += from >= Region.BASE && from < Region.BASE + TestRegion.BYTES ? 1 : 0;
    }
    return count;
  }
}
