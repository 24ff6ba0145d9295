// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

/**
 * One superslab, 2 MiB of address space, and what lies in each of its 32 slices of 64 KiB. Each
 * text has one character a slice, in the order of addresses.
 *
 * @param address its first byte
 * @param usedBytes bytes in blocks that left their slab, which are live or in caches, and in pages
 *     of live larger blocks
 * @param committedBytes physical memory at most, charged like {@link HakmemStats#committedBytes}
 * @param contents who holds a slice: {@code t} a slab of a class up to 2 KiB, {@code p} one of a
 *     class up to 48 KiB, {@code r} runs of pages for blocks up to 1 MiB, {@code h} a larger block,
 *     {@code -} nobody
 * @param used how much of a slice is used, in ninths, rounded up: {@code 0} is nothing
 * @param committed how much of a slice is committed, in ninths, rounded up
 */
public record SuperslabStats(
    long address,
    long usedBytes,
    long committedBytes,
    String contents,
    String used,
    String committed) {}
