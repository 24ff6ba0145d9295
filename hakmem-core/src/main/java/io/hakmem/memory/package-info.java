// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Raw access to addresses and the arithmetic on them; knows nothing of allocators.
 *
 * <p>Doors: {@link io.hakmem.memory.Memory} reads and writes, {@link io.hakmem.memory.CBytes} many
 * bytes at once, {@link io.hakmem.memory.CLibrary} binds the C library's functions, {@link
 * io.hakmem.memory.Bits} computes, {@link io.hakmem.memory.StackProbe} makes sure of stack, {@link
 * io.hakmem.memory.HotPath} marks what must stay small. Addresses are plain {@code long}s and are
 * not checked: whoever calls knows that the address is mapped.
 */
@NullMarked
package io.hakmem.memory;

import org.jspecify.annotations.NullMarked;
