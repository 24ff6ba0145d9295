// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.jfr;

import io.hakmem.event.Observer;

/** Commits an event for each thing told. */
final class JfrObserver implements Observer {
  /*
   * An event is an object, and its commit may want more of them and some stack. Where there is no
   * room, the event is lost, and the allocator goes on: hence each method catches what the virtual
   * machine throws then. The types are initialised before this is installed, so that nothing here
   * waits for a lock of the recorder's.
   */

  @Override
  public void superslabTaken(long address, boolean whole) {
    try {
      RareEvents.SuperslabTaken event = new RareEvents.SuperslabTaken();
      event.address = address;
      event.whole = whole;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }

  @Override
  public void superslabReturned(long address) {
    try {
      RareEvents.SuperslabReturned event = new RareEvents.SuperslabReturned();
      event.address = address;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }

  @Override
  public void purged(boolean onDemand, long bytes, long nanos) {
    try {
      RareEvents.Purge event = new RareEvents.Purge();
      event.onDemand = onDemand;
      event.bytes = bytes;
      event.timeTaken = nanos;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }

  @Override
  public void limitReached(long byteSize, long chargedBytes, long limitBytes, boolean served) {
    try {
      RareEvents.LimitReached event = new RareEvents.LimitReached();
      event.requested = byteSize;
      event.charged = chargedBytes;
      event.limit = limitBytes;
      event.served = served;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }

  @Override
  public void largeAllocated(long address, long byteSize) {
    try {
      RareEvents.LargeBlockAllocated event = new RareEvents.LargeBlockAllocated();
      event.address = address;
      event.size = byteSize;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }

  @Override
  public void allocationSampled(long address, long byteSize, long weight) {
    try {
      RareEvents.AllocationSample event = new RareEvents.AllocationSample();
      event.address = address;
      event.size = byteSize;
      event.weight = weight;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }

  @Override
  public void largeFreed(long address, long byteSize) {
    try {
      RareEvents.LargeBlockFreed event = new RareEvents.LargeBlockFreed();
      event.address = address;
      event.size = byteSize;
      event.commit();
    } catch (VirtualMachineError noRoom) { // the event is lost
    }
  }
}
