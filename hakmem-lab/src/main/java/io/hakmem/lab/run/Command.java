// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.util.List;
import java.util.Map;

/**
 * A process to start.
 *
 * @param words program and arguments
 * @param environment variables set in addition to the inherited ones
 */
record Command(List<String> words, Map<String, String> environment) {
  Command(List<String> words) {
    this(words, Map.of());
  }
}
