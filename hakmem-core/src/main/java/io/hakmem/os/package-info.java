// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The operating system's memory calls behind one small interface.
 *
 * <p>Doors: {@link io.hakmem.os.OsMemory}; {@link io.hakmem.os.LinuxMemory} implements it by {@code
 * mmap}, {@code mprotect} and {@code madvise}, {@link io.hakmem.os.PortableMemory} by {@code
 * calloc} and promises less. A refusal is a return value; nothing here retries or throws because
 * memory is short.
 */
@NullMarked
package io.hakmem.os;

import org.jspecify.annotations.NullMarked;
