// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

/**
 * Calls of the operating system since the start, by kind.
 *
 * @param reserve reservations of address space by mmap, and what the system is told of them
 * @param protect changes of access by mprotect, those that commit with a word about core dumps
 * @param advise physical memory given back by madvise
 * @param remap pages moved to another address by mremap, and guards mapped over memory or taken
 *     away
 * @param release address space given back by munmap
 * @param refused calls of any kind that the system refused
 */
public record OsCallCounts(
    long reserve, long protect, long advise, long remap, long release, long refused) {}
