// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import java.nio.file.Path;
import java.util.List;

/**
 * A trace, or its beginning, with the files that it is in.
 *
 * @param trace all of the trace
 * @param eventCount how many of its events are replayed
 * @param shownFile the file as reports name it
 * @param packedFile the form that child processes read
 */
record TraceFile(Trace trace, int eventCount, String shownFile, Path packedFile) {

  /** Reads a recorded trace and writes it in the form that child processes read. */
  static TraceFile ofRecorded(Path recorded, Path packed) {
    return ofRecorded(recorded, packed, recorded.toString());
  }

  /** The same, with a name for the file in reports. */
  static TraceFile ofRecorded(Path recorded, Path packed, String shown) {
    Trace trace = TraceReader.read(recorded);
    trace.writePacked(packed);
    return new TraceFile(trace, trace.events().length, shown, packed);
  }

  /** Reads the form for child processes. */
  static TraceFile ofPacked(Path packed) {
    Trace trace = Trace.readPacked(packed);
    return new TraceFile(trace, trace.events().length, packed.toString(), packed);
  }

  TraceFile first(long operations) {
    return new TraceFile(trace, (int) Math.min(eventCount, operations), shownFile, packedFile);
  }

  List<String> arguments() {
    return List.of(shownFile);
  }

  List<String> childArguments() {
    return List.of(packedFile.toString());
  }
}
