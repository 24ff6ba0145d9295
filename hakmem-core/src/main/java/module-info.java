// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

/** An off-heap memory allocator. */
module io.hakmem {
  requires static java.management;
  requires static jdk.jfr;
  requires static transitive org.jspecify;

  exports io.hakmem;
  exports io.hakmem.verify;
}
