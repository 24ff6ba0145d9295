// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.jfr;

import io.hakmem.event.Events;
import io.hakmem.event.Sampling;
import io.hakmem.front.Watch;
import java.util.Map;
import java.util.function.Supplier;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;

/** Has events committed while any recording runs. */
public final class JfrRecorder implements FlightRecorderListener {
  /*
   * Without a recording there is no observer, no type of event is loaded, and Flight Recorder itself
   * is not started by us, which would take some 150 ms. The listener is told of a recording before the
   * call that starts it returns, so that it misses nothing.
   *
   * Locks: the recorder calls listeners without a lock of its own; this one's is taken by them, with
   * locks of the recorder and of the allocator inside, and by nobody who holds such a lock.
   */

  private final Supplier<Map<Class<? extends Event>, Runnable>> summaries;
  private Map<Class<? extends Event>, Runnable> periodic = Map.of();
  private boolean recording;
  private boolean sampling;
  private boolean stopped;

  private JfrRecorder(Supplier<Map<Class<? extends Event>, Runnable>> summaries) {
    this.summaries = summaries;
  }

  /**
   * Waits for recordings from now on, and joins those that run.
   *
   * @param summaries asked when a recording begins: what commits the events of a type at the end of
   *     a period
   */
  public static JfrRecorder start(Supplier<Map<Class<? extends Event>, Runnable>> summaries) {
    JfrRecorder recorder = new JfrRecorder(summaries);
    FlightRecorder.addListener(recorder); // calls recorderInitialized if it is
    return recorder;
  }

  /** Leaves running recordings and waits for no others. */
  public void stop() {
    FlightRecorder.removeListener(this);
    synchronized (this) {
      stopped = true;
      turn(false);
      sample(0);
    }
  }

  @Override
  public void recorderInitialized(FlightRecorder recorder) {
    update(recorder);
  }

  @Override
  public void recordingStateChanged(Recording changed) {
    update(FlightRecorder.getFlightRecorder());
  }

  private synchronized void update(FlightRecorder recorder) {
    turn(
        !stopped
            && recorder.getRecordings().stream()
                .anyMatch(each -> each.getState() == RecordingState.RUNNING));
    boolean wanted =
        recording && EventType.getEventType(RareEvents.AllocationSample.class).isEnabled();
    sample(wanted ? SampleInterval.meanBytes() : 0);
  }

  /** Only calls that take the slow ways are sampled, so all do meanwhile. */
  private void sample(long meanBytes) {
    Sampling.setMeanBytes(meanBytes);
    if (sampling != (meanBytes > 0)) {
      sampling = !sampling;
      if (sampling) {
        Watch.begin();
      } else {
        Watch.end();
      }
    }
  }

  private void turn(boolean on) {
    if (on == recording) {
      return;
    }
    recording = on;
    if (on) {
      RareEvents.TYPES.forEach(FlightRecorder::register);
      periodic = summaries.get();
      periodic.forEach(FlightRecorder::addPeriodicEvent);
      Events.observe(new JfrObserver());
    } else {
      Events.observe(null);
      periodic.values().forEach(FlightRecorder::removePeriodicEvent);
    }
  }
}
