// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What hakmem held in one pass of a workload, whole blocks touched.
 *
 * @param peakIsExact whether {@code atPeak} was taken at the peak; else at most a sixteenth below
 *     it
 * @param atPeak when the most requested bytes were live; null if nothing was allocated
 * @param atEnd when everything had been freed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HeapSamples(boolean peakIsExact, @Nullable HeapSample atPeak, HeapSample atEnd) {}
