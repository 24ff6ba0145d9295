// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.parquet.sample;

import io.hakmem.Hakmem;
import io.hakmem.parquet.HakmemByteBufferAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** A Parquet file, written and read through hakmem's memory. */
public final class MeasurementsSample {
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message measurement { required binary city (STRING); required double degrees; }");

  private MeasurementsSample() {}

  /** Writes a file, reads it, and deletes it. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("measurements");
    Path file = folder.resolve("measurements.parquet");
    try {
      write(file);
      System.out.println("mean: " + mean(file));
      System.out.println("left in hakmem's memory: " + Hakmem.stats().allocatedBytes());
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  private static void write(Path file) throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(SCHEMA)
            .withAllocator(HakmemByteBufferAllocator.INSTANCE) // the one line
            .build()) {
      SimpleGroupFactory measurements = new SimpleGroupFactory(SCHEMA);
      for (int i = 0; i < 1000; i++) {
        writer.write(
            measurements.newGroup().append("city", "city " + i % 7).append("degrees", i / 10.0));
      }
    }
  }

  private static double mean(Path file) throws IOException {
    try (ParquetReader<Group> reader =
        new Measurements(file)
            .withAllocator(HakmemByteBufferAllocator.INSTANCE) // and here
            .build()) {
      double sum = 0;
      int count = 0;
      for (Group each = reader.read(); each != null; each = reader.read(), count++) {
        sum += each.getDouble("degrees", 0);
      }
      return sum / count;
    }
  }

  private static final class Measurements extends ParquetReader.Builder<Group> {
    Measurements(Path file) {
      super(new LocalInputFile(file), new PlainParquetConfiguration());
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }
}
