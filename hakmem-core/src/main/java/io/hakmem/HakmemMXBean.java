// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What JMX sees of hakmem, as {@value HakmemMonitoring#OBJECT_NAME} in the platform's server.
 *
 * <p>Each attribute is read when it is asked for; sizes are in bytes.
 */
public interface HakmemMXBean {

  /** All statistics at one moment. */
  HakmemStats getStats();

  /** As {@link HakmemStats#allocatedBytes}. */
  long getAllocatedBytes();

  /** As {@link HakmemStats#cachedBytes}. */
  long getCachedBytes();

  /** As {@link HakmemStats#committedBytes}. */
  long getCommittedBytes();

  /** As {@link HakmemStats#peakCommittedBytes}. */
  long getPeakCommittedBytes();

  /** As {@link HakmemStats#limitBytes}. */
  long getLimitBytes();

  /** As {@link HakmemStats#strandedBytes}. */
  long getStrandedBytes();

  /** As {@link HakmemStats#hits}. */
  long getHits();

  /** As {@link HakmemStats#misses}. */
  long getMisses();

  /**
   * The superslabs that are in use or hold memory, by address; empty before the first block.
   *
   * <p>Collected when it is asked for, from one holder after the other: exact while no thread
   * allocates or frees.
   */
  List<SuperslabStats> getSuperslabs();

  /** The effective value of each knob, by the name of its system property. */
  Map<String, String> getKnobs();

  /** As {@link HakmemGuards#report(long)}. */
  String guardReport(long address);

  /** As {@link HakmemGuards#report()}. */
  String guardReport();

  /** As {@link Hakmem#purge}. */
  void purge();

  /** Whether calls are recorded. */
  boolean isRecording();

  /**
   * As {@link HakmemRecording#start}.
   *
   * @param file name of the trace, as this JVM takes it
   */
  void startRecording(String file, long maxBytes) throws IOException;

  /** As {@link HakmemRecording#stop}. */
  HakmemRecording.Result stopRecording();

  /** Whether a profile of what is live is taken. */
  boolean isProfiling();

  /** As {@link HakmemProfile#start}. */
  void startProfile(long intervalBytes);

  /** As {@link HakmemProfile#stop}. */
  void stopProfile();

  /** As {@link HakmemProfile#snapshot}. */
  HakmemProfile.Snapshot profileSnapshot();
}
