// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

import java.util.List;
import java.util.Optional;

/**
 * A subject that runs as a C program.
 *
 * @param name as on the command line
 * @param description one line
 * @param source where its functions come from
 */
public record NativeSubjectSpec(String name, String description, Source source)
    implements SubjectSpec {

  /** Where malloc and free come from. */
  public sealed interface Source {}

  /** The C library's own. */
  public record CLibrary() implements Source {}

  /** One fixed block, called through function pointers. */
  public record FixedBlock() implements Source {}

  /**
   * The first of these files that exists.
   *
   * @param candidates absolute paths, best first; never empty
   * @param inJar by its name in {@link LwjglNatives}, where none of the files exists; empty: none
   */
  public record Library(List<String> candidates, Optional<String> inJar) implements Source {
    public Library {
      candidates = List.copyOf(candidates);
    }

    /** Files and nothing else. */
    public Library(List<String> candidates) {
      this(candidates, Optional.empty());
    }

    Library(List<String> candidates, String inJar) {
      this(candidates, Optional.of(inJar));
    }
  }

  @Override
  public boolean isNull() {
    return source instanceof FixedBlock;
  }
}
