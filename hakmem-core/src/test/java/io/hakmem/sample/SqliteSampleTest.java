// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.verify.HeapVerifier;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite works with hakmem's memory and gives all of it back. */
@Tag("every-source")
final class SqliteSampleTest {

  @Test
  void sample_findsTheDatabaseSound_andLeavesNothing(@TempDir Path folder) throws Throwable {
    SqliteSample.useHakmem();
    assertEquals("ok, rows found: 7407", SqliteSample.work(folder.resolve("sample.db")));
    assertTrue(Hakmem.stats().hits() > 10_000, "SQLite has its memory from elsewhere");
    SqliteSample.shutdown();
    assertEquals(0, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }
}
