// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.hardened;

import io.hakmem.memory.Memory;

/** Blocks as the layers below give and take them. Any thread. */
public interface PlainBlocks {

  /** Allocates; {@link Memory#NULL} if no memory is to be had. */
  long allocate(long byteSize, long alignment, boolean zeroed);

  /** Frees a live block; a {@link io.hakmem.superslab.FreeResult}. */
  int free(long address);

  /** Bytes of the live block that starts at an address; 0 if none does or it is sealed. */
  long usableSize(long address);

  /** Start of the block that contains an address; {@link Memory#NULL} if none does. */
  long startOf(long address);

  /** Why an address cannot be freed; a {@link io.hakmem.superslab.FreeResult}. */
  int explain(long address);
}
