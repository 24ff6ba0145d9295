// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import java.util.Map;

/**
 * What does not change while a JVM is watched.
 *
 * @param pid process
 * @param name main class or jar
 * @param java version of its Java
 * @param startMillis when it started, in milliseconds of the epoch
 * @param beans how many hakmems it has, one for each class loader; the first is watched
 * @param knobs the effective value of each knob, by the name of its system property
 */
public record JvmFacts(
    long pid, String name, String java, long startMillis, int beans, Map<String, String> knobs) {}
