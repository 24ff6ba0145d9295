// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.verify.HeapVerifier;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.TrackingByteBufferAllocator;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files are written and read by Parquet, on both ways in hakmem's memory. */
final class FileRoundTripTest {

  private static final int ROWS = 5000;
  private static final int ROWS_OF_A_GROUP = 1000;
  private static final int PAGE_BYTES = 4096;
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message row { required binary city (STRING); required int64 number;"
              + " optional double degrees; repeated binary noise; }");

  @TempDir private Path folder;

  /** Counts the buffers that Parquet has of hakmem. */
  private static final class Counting implements ByteBufferAllocator {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public ByteBuffer allocate(int size) {
      count.incrementAndGet();
      ByteBuffer buffer = HakmemByteBufferAllocator.INSTANCE.allocate(size);
      assertTrue(Hakmem.owns(MemorySegment.ofBuffer(buffer).address()));
      return buffer;
    }

    @Override
    public void release(ByteBuffer buffer) {
      HakmemByteBufferAllocator.INSTANCE.release(buffer);
    }

    @Override
    public boolean isDirect() {
      return HakmemByteBufferAllocator.INSTANCE.isDirect();
    }
  }

  private static final class Reader extends ParquetReader.Builder<Group> {
    Reader(Path file) {
      super(new LocalInputFile(file), new PlainParquetConfiguration());
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  /** How a file is written; its codecs are on the Java heap or in the allocator's memory. */
  private record Way(CompressionCodecName codec, WriterVersion version, boolean directCodecs) {
    CompressionCodecFactory codecs(ByteBufferAllocator allocator) {
      Configuration plain = new Configuration(false);
      return directCodecs
          ? CodecFactory.createDirectCodecFactory(plain, allocator, PAGE_BYTES)
          : new CodecFactory(plain, PAGE_BYTES);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UNCOMPRESSED, PARQUET_1_0, false",
    "SNAPPY, PARQUET_1_0, false",
    "SNAPPY, PARQUET_2_0, true",
    "ZSTD, PARQUET_1_0, true",
    "GZIP, PARQUET_2_0, false"
  })
  void rows_comeBackAsTheyWere_andNoMemoryIsLeft(
      CompressionCodecName codec, WriterVersion version, boolean directCodecs) throws IOException {
    Way way = new Way(codec, version, directCodecs);
    List<Group> rows = rows();
    Path file = folder.resolve("rows.parquet");
    long bytesBefore = Hakmem.stats().allocatedBytes();
    Counting ofWriter = new Counting();
    try (TrackingByteBufferAllocator tracked = TrackingByteBufferAllocator.wrap(ofWriter)) {
      write(file, rows, way, tracked);
    }
    Counting ofReader = new Counting();
    try (TrackingByteBufferAllocator tracked = TrackingByteBufferAllocator.wrap(ofReader)) {
      assertRows(rows, file, tracked);
      assertHasGroupsAndEncodings(file, codec, tracked);
    }
    int groups = ROWS / ROWS_OF_A_GROUP;
    assertTrue(
        ofWriter.count.get() >= groups * SCHEMA.getFieldCount(), ofWriter.count + " written");
    assertTrue(ofReader.count.get() >= groups, ofReader.count + " read");
    assertEquals(bytesBefore, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }

  /** Words for a dictionary, numbers with none, holes, and bytes that nothing makes smaller. */
  private static List<Group> rows() {
    Random random = new Random(1);
    SimpleGroupFactory factory = new SimpleGroupFactory(SCHEMA);
    List<Group> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      Group row =
          factory.newGroup().append("city", "city " + i % 7).append("number", random.nextLong());
      if (i % 3 != 0) {
        row.append("degrees", random.nextGaussian());
      }
      for (int j = random.nextInt(3); j > 0; j--) {
        byte[] noise = new byte[random.nextInt(1 << random.nextInt(11))];
        random.nextBytes(noise);
        row.append("noise", Binary.fromConstantByteArray(noise));
      }
      rows.add(row);
    }
    return rows;
  }

  private static void write(Path file, List<Group> rows, Way way, ByteBufferAllocator allocator)
      throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withConf(new PlainParquetConfiguration())
            .withType(SCHEMA)
            .withAllocator(allocator)
            .withCodecFactory(way.codecs(allocator))
            .withCompressionCodec(way.codec)
            .withWriterVersion(way.version)
            .withRowGroupRowCountLimit(ROWS_OF_A_GROUP)
            .withPageSize(PAGE_BYTES)
            .withDictionaryEncoding("noise", false)
            .withDictionaryEncoding("number", false)
            .build()) {
      for (Group row : rows) {
        writer.write(row);
      }
    }
  }

  private static void assertRows(List<Group> rows, Path file, ByteBufferAllocator allocator)
      throws IOException {
    try (ParquetReader<Group> reader = new Reader(file).withAllocator(allocator).build()) {
      for (Group row : rows) {
        assertEquals(row.toString(), String.valueOf(reader.read()));
      }
      assertEquals("null", String.valueOf(reader.read()));
    }
  }

  private static void assertHasGroupsAndEncodings(
      Path file, CompressionCodecName codec, ByteBufferAllocator allocator) throws IOException {
    ParquetReadOptions options = ParquetReadOptions.builder().withAllocator(allocator).build();
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
      List<BlockMetaData> groups = reader.getFooter().getBlocks();
      assertEquals(ROWS / ROWS_OF_A_GROUP, groups.size());
      for (BlockMetaData group : groups) {
        List<ColumnChunkMetaData> columns = group.getColumns();
        columns.forEach(column -> assertEquals(codec, column.getCodec()));
        assertTrue(columns.getFirst().hasDictionaryPage());
        assertTrue(!columns.getLast().hasDictionaryPage());
      }
    }
  }
}
