// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.front.FrontCaches;
import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples stand for the bytes that each place of the program allocated. */
final class AllocationSampleTest {

  private static final String EVENT = "io.hakmem.AllocationSample";

  /** What each place allocates: some 800 samples, so eight standard deviations are below 0.3. */
  private static final long BYTES = 12_800_000;

  private static final double TOLERANCE = 0.3;

  @TempDir Path folder = Path.of("."); // JUnit sets it

  @Test
  void weights_addUpToWhatEachPlaceAllocated() {
    FreshAllocator.run(Places.class, folder.resolve("recording.jfr").toString());
  }

  /** Blocks that churn in the cache, that stay, large ones, and those of a virtual thread. */
  static final class Places implements UnaryOperator<String> {
    @Override
    public String apply(String file) {
      Hakmem.configure(HakmemConfig.DEFAULT.withRegionBytes(1L << 30).withPurgeDelayMillis(-1));
      churning();
      HakmemMonitoring.start();
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch recording = new CountDownLatch(1);
      InThread.Running other =
          InThread.start(
              () -> {
                Hakmem.free(Hakmem.allocate(1)); // has a cache before the recording begins
                begun.countDown();
                InThread.await(recording);
                inAnotherThread();
              });
      InThread.await(begun);
      List<RecordedEvent> events;
      try (Recording samples = new Recording()) {
        samples.enable(EVENT).withStackTrace().with("interval", "16 kB");
        samples.start();
        recording.countDown();
        churning();
        staying();
        large();
        InThread.runVirtual(Places::virtual);
        other.join();
        assertNull(FrontCaches.current(), "calls take the slow ways");
        events = finish(samples, file);
      }
      Hakmem.free(Hakmem.allocate(1));
      assertNotNull(FrontCaches.current(), "calls take the fast ways again");
      Map<String, Long> weights = new TreeMap<>();
      for (RecordedEvent each : events) {
        weights.merge(place(each), each.getLong("weight"), Long::sum);
        assertTrue(each.getLong("weight") >= each.getLong("size"), each.toString());
      }
      assertEquals(
          List.of("churning", "inAnotherThread", "large", "staying", "virtual"),
          List.copyOf(weights.keySet()));
      weights.forEach(
          (place, bytes) ->
              assertEquals(BYTES, bytes, TOLERANCE * BYTES, place + " in " + weights));
      HeapVerifier.verify();
      assertEquals(BYTES + staysMore(), Hakmem.stats().allocatedBytes());
      withoutTheEvent(file);
      HakmemMonitoring.stop();
      return file;
    }

    /** Other recordings change nothing. */
    private static void withoutTheEvent(String file) {
      try (Recording others = new Recording()) {
        others.start();
        churning();
        assertNotNull(FrontCaches.current());
        assertTrue(finish(others, file).isEmpty());
      }
    }

    private static String place(RecordedEvent event) {
      return event.getStackTrace().getFrames().stream()
          .filter(frame -> frame.getMethod().getType().getName().endsWith("$Places"))
          .map(frame -> frame.getMethod().getName())
          .findFirst()
          .orElse("nowhere");
    }

    private static void churning() {
      for (int i = 0; i < BYTES / 64; i++) {
        Hakmem.free(Hakmem.allocate(64));
      }
    }

    private static void virtual() {
      for (int i = 0; i < BYTES / 128; i++) {
        Hakmem.free(Hakmem.allocateZeroed(128), 128);
      }
    }

    private static void inAnotherThread() {
      long address = 0;
      for (int i = 0; i < BYTES / 320; i++) {
        Hakmem.free(address);
        address = Hakmem.tryAllocate(320);
      }
      Hakmem.free(address);
    }

    private static void staying() {
      for (int i = 0; i < BYTES / 4000; i++) {
        Hakmem.allocateAligned(4000, 16);
      }
    }

    /** By how much the blocks that stay are rounded up. */
    private static long staysMore() {
      return BYTES / 4000 * (4096 - 4000);
    }

    private static void large() {
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < BYTES / 100_000; i++) {
        blocks.add(Hakmem.allocateSegment(100_000).address());
      }
      blocks.forEach(Hakmem::free);
    }
  }

  private static List<RecordedEvent> finish(Recording recording, String file) {
    try {
      recording.stop();
      recording.dump(Path.of(file));
      return RecordingFile.readAllEvents(Path.of(file)).stream()
          .filter(each -> each.getEventType().getName().equals(EVENT))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
