// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * The operating system's memory calls behind one small interface.
 *
 * <p>Doors: {@link io.hakmem.os.OsMemory}, and {@link io.hakmem.os.LinuxMemory} which implements it
 * by {@code mmap}, {@code mprotect} and {@code madvise}. A refusal is a return value; nothing here
 * retries or throws because memory is short.
 */
@NullMarked
package io.hakmem.os;

import org.jspecify.annotations.NullMarked;
