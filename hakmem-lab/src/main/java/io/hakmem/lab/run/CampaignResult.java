// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import io.hakmem.lab.workload.Workload;
import java.util.List;
import java.util.Optional;

/**
 * All samples of one workload.
 *
 * @param workload what was run
 * @param subjects in the order asked for
 * @param twin a second set of runs of one of the subjects, for the noise floor; empty if no subject
 *     could run
 */
public record CampaignResult(
    Workload workload, List<SubjectSamples> subjects, Optional<SubjectSamples> twin) {}
