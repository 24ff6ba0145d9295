// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import io.hakmem.parquet.HakmemByteBufferAllocator;

/** Parquet's direct buffers in hakmem's memory. */
public final class HakmemParquetSubject extends ParquetSubject {
  /** Opens it with room for the buffer of each slot. */
  public HakmemParquetSubject(int slotCount) {
    super(slotCount, HakmemByteBufferAllocator.INSTANCE);
  }
}
