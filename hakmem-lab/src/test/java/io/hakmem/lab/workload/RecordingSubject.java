// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.subject.MallocSubject;
import io.hakmem.lab.subject.Subject;
import java.util.ArrayList;
import java.util.List;

/** Writes down what is asked of it, as {@code +slot:size} and {@code -slot}. */
final class RecordingSubject extends Subject {
  private final Subject memory = new MallocSubject(0);
  private final List<String> calls = new ArrayList<>();

  /** What was asked since the last time this was called. */
  String calls() {
    String text = String.join(" ", calls);
    calls.clear();
    return text;
  }

  @Override
  public long allocate(int slot, long byteSize) {
    calls.add("+" + slot + ":" + byteSize);
    return memory.allocate(slot, byteSize);
  }

  @Override
  public void free(int slot, long address) {
    calls.add("-" + slot);
    memory.free(slot, address);
  }

  @Override
  public long allocateZeroed(int slot, long byteSize) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long allocateAligned(int slot, long byteSize, long alignment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long reallocate(int slot, long address, long oldByteSize, long newByteSize) {
    throw new UnsupportedOperationException();
  }
}
