// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

/** Knows how to start a process with one subject in it. */
@FunctionalInterface
interface Launcher {
  Command command(Request request);
}
