// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.os;

import java.util.Optional;

/**
 * The numbers of the Linux memory calls for one processor architecture.
 *
 * @param protNone {@code PROT_NONE}
 * @param protRead {@code PROT_READ}
 * @param protWrite {@code PROT_WRITE}
 * @param mapPrivate {@code MAP_PRIVATE}
 * @param mapShared {@code MAP_SHARED}
 * @param mapFixed {@code MAP_FIXED}: in place of what is mapped there
 * @param mapAnonymous {@code MAP_ANONYMOUS}
 * @param mapNoReserve {@code MAP_NORESERVE}
 * @param adviseDontNeed {@code MADV_DONTNEED}: give the pages back now, read zero afterwards
 * @param adviseNoHugePage {@code MADV_NOHUGEPAGE}: no huge pages, whatever the system's default
 * @param adviseDontDump {@code MADV_DONTDUMP}: leave the pages out of core dumps
 * @param adviseDoDump {@code MADV_DODUMP}: take that back
 * @param remapMayMove {@code MREMAP_MAYMOVE}
 * @param remapFixed {@code MREMAP_FIXED}: move to a given address, onto what is mapped there
 * @param remapDontUnmap {@code MREMAP_DONTUNMAP}, Linux 5.7: leave the old place mapped, without
 *     its pages
 * @param systemPageSize {@code _SC_PAGESIZE} of {@code sysconf}
 * @param setVma {@code PR_SET_VMA} of {@code prctl}
 * @param setVmaAnonName {@code PR_SET_VMA_ANON_NAME} of {@code prctl}
 */
public record LinuxConstants(
    int protNone,
    int protRead,
    int protWrite,
    int mapPrivate,
    int mapShared,
    int mapFixed,
    int mapAnonymous,
    int mapNoReserve,
    int adviseDontNeed,
    int adviseNoHugePage,
    int adviseDontDump,
    int adviseDoDump,
    int remapMayMove,
    int remapFixed,
    int remapDontUnmap,
    int systemPageSize,
    int setVma,
    int setVmaAnonName) {

  // asm-generic/mman-common.h, asm-generic/mman.h, linux/mman.h, bits/confname.h, linux/prctl.h.
  // Alpha, MIPS, PA-RISC and others have numbers of their own, hence the explicit list of
  // architectures below.
  private static final LinuxConstants ASM_GENERIC =
      new LinuxConstants(
          0, 1, 2, 0x02, 0x01, 0x10, 0x20, 0x4000, 4, 15, 16, 17, 1, 2, 4, 30, 0x53564d41, 0);

  /** The numbers for a value of the system property {@code os.arch}; empty if it is not known. */
  public static Optional<LinuxConstants> of(String architecture) {
    return switch (architecture) {
      case "amd64", "x86_64", "aarch64" -> Optional.of(ASM_GENERIC);
      default -> Optional.empty();
    };
  }
}
