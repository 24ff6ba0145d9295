// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.seed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hakmem.lab.report.BenchReport.EnvironmentReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The overview of all steps; its components are the fields of the JSON, absent where null.
 *
 * @param command that repeats it
 * @param date of its end
 * @param environment where
 * @param sideBySide the seed's figures and ours, the head first
 * @param bars what is to be reached, the head first
 * @param conclusions of the steps
 * @param pages of the steps
 * @param html pages in HTML of what is measured
 * @param missing what is not there, and why
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SeedReport(
    String command,
    String date,
    @Nullable EnvironmentReport environment,
    List<List<String>> sideBySide,
    List<List<String>> bars,
    List<Conclusion> conclusions,
    List<Page> pages,
    List<Page> html,
    List<String> missing) {
  /**
   * What follows from a step.
   *
   * @param step of the plan
   * @param conclusion in a sentence
   * @param rule that it follows from
   */
  public record Conclusion(String step, String conclusion, String rule) {}

  /**
   * A page of its own.
   *
   * @param title what it shows
   * @param file beside the overview, a page of Markdown without its ending
   */
  public record Page(String title, String file) {}
}
