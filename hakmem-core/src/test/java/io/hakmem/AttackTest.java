// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hakmem.Misuse.Caller;
import io.hakmem.Misuse.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes of each attack is what docs/security.md says, in every tier, on both threads. */
@ExtendWith(LeavesNothing.class)
@Tag("every-source")
final class AttackTest {
  /*
   * The table has a column of outcomes for each hardening, and this test holds the one that it runs
   * under. An outcome between backticks is seen in some tier; all that are seen are listed.
   */

  private static final Path TABLE = Path.of("..", "docs", "security.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Outcomes of the present hardening, by the name of the attack. */
  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> outcomes = new TreeMap<>();
    int column = -1;
    for (String line : Files.readAllLines(TABLE)) {
      List<String> cells = List.of(line.split("\\|", -1));
      if (cells.size() < 3 || !line.startsWith("|")) {
        column = -1;
      } else if (column < 0) {
        column = cells.indexOf(" " + System.getProperty("hakmem.hardening", "standard") + " ");
      } else if (!line.startsWith("|-")) {
        List<String> names = codes(cells.get(1));
        outcomes.put(names.getFirst(), new TreeSet<>(codes(cells.get(column))));
      }
    }
    return outcomes;
  }

  private static List<String> codes(String cell) {
    List<String> found = new ArrayList<>();
    for (Matcher matcher = CODE.matcher(cell); matcher.find(); ) {
      found.add(matcher.group(1));
    }
    return found;
  }

  @Test
  void table_hasARowForEachAttackAndNoOther() throws IOException {
    Set<String> names = new TreeSet<>();
    Attack.all().forEach(attack -> names.add(attack.toString()));
    assertEquals(names, documented().keySet());
    assertEquals(Attack.all().size(), names.size(), "two attacks of one name");
  }

  @ParameterizedTest
  @EnumSource
  void everyAttack_comesToWhatTheTableSays(Caller caller) throws IOException {
    List<String> wrong = new ArrayList<>();
    Map<String, Set<String>> documented = documented();
    for (Attack attack : Attack.all()) {
      Set<String> seen = new TreeSet<>();
      for (Tier tier : Tier.values()) {
        for (long size : List.of(tier.size(0), tier.size(2), tier.sizes.getLast())) {
          seen.addAll(outcomes(attack, caller, size));
        }
      }
      if (!seen.equals(documented.get(attack.toString()))) {
        wrong.add(attack + ": " + seen + ", documented " + documented.get(attack.toString()));
      }
    }
    assertEquals("", String.join("\n", wrong));
  }

  private static Set<String> outcomes(Attack attack, Caller caller, long size) {
    Victim victim = new Victim(size);
    try {
      caller.run(
          () -> {
            attack.on(victim);
            victim.end();
          });
    } catch (AssertionError failure) {
      throw new AssertionError(attack + " on blocks of " + size + " bytes", failure);
    }
    return victim.outcomes();
  }
}
