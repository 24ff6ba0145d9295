// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.event.Calls;
import io.hakmem.front.Watch;
import io.hakmem.profile.LiveProfile;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds leaks: which places of the program allocated what is live, by sampling.
 *
 * <p>All calls take the slow ways of the allocator while a profile is taken. Blocks that were there
 * before are not in it. Of arenas and heaps, the blocks are in it that they cut what they hand out
 * from.
 */
public final class HakmemProfile {

  /**
   * What is live and was allocated by one stack.
   *
   * @param frames as {@code class.method:line}, the root first; the last is hakmem's method
   * @param bytes about so many live bytes
   * @param blocks about so many live blocks
   * @param droppedBytes of the bytes, those of arenas that were not closed and nobody refers to any
   *     more, as far as the collector has noticed
   */
  public record Site(List<String> frames, long bytes, long blocks, long droppedBytes) {
    public Site {
      frames = List.copyOf(frames);
    }
  }

  /**
   * What is live at one moment, by stack, the most bytes first.
   *
   * @param intervalBytes mean bytes between samples: a site below that is known by few samples or
   *     none
   * @param sites the stacks that have something live
   */
  public record Snapshot(long intervalBytes, List<Site> sites) {
    public Snapshot {
      sites = List.copyOf(sites);
    }

    /** Live bytes of all sites. */
    public long totalBytes() {
      return sites.stream().mapToLong(Site::bytes).sum();
    }

    /** By how much each site has grown since an earlier snapshot; only sites that have. */
    public Snapshot growthSince(Snapshot earlier) {
      Map<List<String>, Site> before = new HashMap<>();
      earlier.sites.forEach(each -> before.put(each.frames(), each));
      List<Site> grown = new ArrayList<>();
      for (Site each : sites) {
        Site old = before.getOrDefault(each.frames(), new Site(each.frames(), 0, 0, 0));
        if (each.bytes() > old.bytes()) {
          grown.add(
              new Site(
                  each.frames(),
                  each.bytes() - old.bytes(),
                  each.blocks() - old.blocks(),
                  each.droppedBytes() - old.droppedBytes()));
        }
      }
      return sorted(intervalBytes, grown);
    }

    /** A line for each site: frames, the root first, separated by semicolons, then bytes. */
    public String collapsed() {
      StringBuilder text = new StringBuilder();
      for (Site each : sites) {
        text.append(String.join(";", each.frames())).append(' ').append(each.bytes()).append('\n');
      }
      return text.toString();
    }

    private static Snapshot sorted(long intervalBytes, List<Site> sites) {
      sites.sort(
          Comparator.comparingLong(Site::bytes)
              .reversed()
              .thenComparing(each -> String.join(";", each.frames())));
      return new Snapshot(intervalBytes, sites);
    }
  }

  private static final int SITES_AT_EXIT = 10;
  private static final int FRAMES_AT_EXIT = 6;

  private static @Nullable LiveProfile profile;

  private HakmemProfile() {}

  /**
   * Begins a profile.
   *
   * @param intervalBytes mean bytes between samples, positive; 524288 is a good choice
   * @throws IllegalStateException if one is taken already
   */
  public static void start(long intervalBytes) {
    if (intervalBytes <= 0) {
      throw new IllegalArgumentException("the interval is not positive: " + intervalBytes);
    }
    Startup.allocator();
    begin(intervalBytes);
  }

  private static synchronized void begin(long intervalBytes) {
    if (profile != null) {
      throw new IllegalStateException("a profile is taken already");
    }
    LiveProfile next = new LiveProfile(intervalBytes);
    profile = next;
    Calls.add(next);
    Watch.begin();
  }

  /** Begins what the knob asks for, while the allocator is made. */
  static void beginOwn(long intervalBytes) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> printAtExit(System.err), "hakmem-profile"));
    begin(intervalBytes);
  }

  /** Whether a profile is taken. */
  public static synchronized boolean isRunning() {
    return profile != null;
  }

  /** Ends the profile; nothing happens if there is none. */
  public static synchronized void stop() {
    LiveProfile last = profile;
    if (last != null) {
      profile = null;
      Calls.remove(last);
      Watch.end();
    }
  }

  /**
   * What is live now of what was allocated since the start.
   *
   * @throws IllegalStateException if no profile is taken
   */
  public static Snapshot snapshot() {
    LiveProfile present;
    synchronized (HakmemProfile.class) {
      present = profile;
    }
    if (present == null) {
      throw new IllegalStateException("no profile is taken");
    }
    List<Site> sites = new ArrayList<>();
    present
        .totals()
        .forEach(
            (frames, total) ->
                sites.add(new Site(frames, total.bytes(), total.blocks(), total.droppedBytes())));
    return Snapshot.sorted(present.meanBytes(), sites);
  }

  private static void printAtExit(PrintStream out) {
    if (isRunning()) {
      print(snapshot(), out);
    }
  }

  /** The places with the most live bytes, for people; nothing if nothing is live. */
  static void print(Snapshot snapshot, PrintStream out) {
    if (snapshot.sites().isEmpty()) {
      return;
    }
    out.printf(
        Locale.ROOT,
        "hakmem: about %,d bytes are live at exit, allocated at %d places:%n",
        snapshot.totalBytes(),
        snapshot.sites().size());
    for (Site each : snapshot.sites().stream().limit(SITES_AT_EXIT).toList()) {
      out.printf(Locale.ROOT, "%,15d bytes, %,d blocks", each.bytes(), each.blocks());
      if (each.droppedBytes() > 0) {
        out.printf(Locale.ROOT, ", %,d bytes in arenas never closed", each.droppedBytes());
      }
      out.println();
      each.frames().reversed().stream()
          .limit(FRAMES_AT_EXIT)
          .forEach(frame -> out.println("                  " + frame));
    }
  }
}
