// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.subject;

/** A subject by name: what it is and how to come by it, nothing of it loaded yet. */
public sealed interface SubjectSpec permits JvmSubjectSpec, NativeSubjectSpec {
  String name();

  /** One line for the list of subjects. */
  String description();

  /** Whether this is the loop alone: no allocator, so no memory to speak of. */
  boolean isNull();
}
