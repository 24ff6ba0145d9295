// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.util.List;

/**
 * What a faithful random-mixed asks for: values known from replaying the original's random numbers
 * and slots, without an allocator.
 *
 * @param cycles arguments of the workload
 * @param slots arguments of the workload
 * @param seed arguments of the workload
 * @param allocations as many frees, some of them in the loop, the rest at the end
 * @param drained blocks freed at the end
 * @param largeRequests of at least 1024 bytes
 * @param peakLiveBlocks most blocks alive
 * @param peakLiveBytes most requested bytes alive
 * @param requestedBytes over all allocations
 * @param lastState of the random numbers, unsigned
 */
public record PublishedCounts(
    long cycles,
    int slots,
    long seed,
    long allocations,
    long drained,
    long largeRequests,
    long peakLiveBlocks,
    long peakLiveBytes,
    long requestedBytes,
    long lastState) {

  /** Every row of the published table. */
  public static List<PublishedCounts> all() {
    return List.of(
        row(100_000, 128, 42, 50_031, 62, 839, 85, 48_226, 26_382_238L, 2_359_054_630L),
        row(100_000, 256, 42, 50_068, 136, 840, 160, 91_602, 26_431_105L, 2_359_054_630L),
        row(500_000, 256, 42, 250_064, 128, 3_943, 162, 91_602, 131_946_863L, 3_490_502_201L),
        row(
            500_000,
            4096,
            42,
            251_010,
            2_020,
            3_956,
            2_156,
            1_143_346,
            132_461_254L,
            3_490_502_201L),
        row(
            10_000_000,
            8192,
            1_234_567,
            5_002_043,
            4_086,
            77_830,
            4_283,
            2_275_305,
            2_638_430_525L,
            1_546_913_610L),
        row(
            20_000_000,
            256,
            42,
            10_000_061,
            122,
            156_293,
            170,
            96_135,
            5_276_622_353L,
            3_942_030_116L),
        row(
            20_000_000,
            400,
            1,
            10_000_098,
            196,
            156_450,
            247,
            141_883,
            5_275_432_407L,
            2_488_766_478L),
        row(
            20_000_000,
            8192,
            42,
            10_002_087,
            4_174,
            156_506,
            4_274,
            2_264_107,
            5_277_474_133L,
            3_942_030_116L));
  }

  private static PublishedCounts row(
      long cycles,
      int slots,
      long seed,
      long allocations,
      long drained,
      long largeRequests,
      long peakLiveBlocks,
      long peakLiveBytes,
      long requestedBytes,
      long lastState) {
    return new PublishedCounts(
        cycles,
        slots,
        seed,
        allocations,
        drained,
        largeRequests,
        peakLiveBlocks,
        peakLiveBytes,
        requestedBytes,
        lastState);
  }

  /** The arguments as on the command line. */
  public List<String> arguments() {
    return List.of("" + cycles, "" + slots, "" + seed);
  }

  /** Frees inside the loop. */
  public long freesInLoop() {
    return cycles - allocations;
  }
}
