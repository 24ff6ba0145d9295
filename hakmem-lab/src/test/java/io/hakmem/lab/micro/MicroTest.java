// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.micro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroTest {
  private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

  @Test
  void benchmarks_runInTheirOwnProcess() {
    List<MicroResult> results = Micro.run("LookUp.owns$|remoteFree", 1, 20, NOWHERE, true);
    assertEquals(
        List.of(
            "LookUp.owns", "LookUp.owns", "LookUp.owns", "LookUp.owns", "RemoteFree.remoteFree"),
        results.stream().map(MicroResult::benchmark).toList());
    assertEquals(
        List.of("64", "8192", "65536", "4194304", ""),
        results.stream().map(MicroResult::size).toList());
    assertTrue(results.stream().allMatch(result -> result.nanosPerCall() > 0));
    assertTrue(results.stream().allMatch(MicroResult::garbageFree));
  }

  @Test
  void objectsThatAreMade_areSeen() {
    MicroResult view = Micro.run("View.segment", 1, 20, NOWHERE, true).getFirst();
    assertTrue(view.bytesPerCall() >= 16, view::toString);
    assertFalse(view.garbageFree(), view::toString);
  }

  @Test
  void promise_isBrokenByObjectsAndByNotBeingMeasured() {
    assertFalse(result(0.01, true).breaksItsPromise());
    assertTrue(result(16, true).breaksItsPromise());
    assertTrue(result(Double.NaN, true).breaksItsPromise());
    assertFalse(result(16, false).breaksItsPromise());
  }

  @Test
  void noSuchBenchmark_isSaid() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Micro.run("none", 1, 20, NOWHERE, true));
    assertTrue(String.valueOf(e.getMessage()).contains("no such benchmark"), e::getMessage);
  }

  private static MicroResult result(double bytesPerCall, boolean garbageFree) {
    return new MicroResult("Pair.handle", "64", 1, 1, bytesPerCall, garbageFree);
  }
}
