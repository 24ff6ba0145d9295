// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.arrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.InvalidFreeException;
import io.hakmem.verify.HeapVerifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** Batches go to a Flight server and come back, on both sides in hakmem's memory. */
final class FlightRoundTripTest {

  private static final int BATCHES = 20;
  private static final int ROWS = 1000;
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.nullable("number", new ArrowType.Int(32, true)),
              Field.nullable("text", ArrowType.Utf8.INSTANCE)));

  /** Counts the buffers that one side has of hakmem. */
  private static final class Counting implements AllocationManager.Factory {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public AllocationManager create(BufferAllocator allocator, long byteSize) {
      count.incrementAndGet();
      return HakmemAllocationManager.FACTORY.create(allocator, byteSize);
    }

    @Override
    public ArrowBuf empty() {
      return HakmemAllocationManager.FACTORY.empty();
    }

    BufferAllocator root() {
      return new RootAllocator(
          RootAllocator.configBuilder().allocationManagerFactory(this).build());
    }
  }

  /** Keeps the batches that it is given and sends them to whoever asks. */
  private static final class Keeper extends NoOpFlightProducer implements AutoCloseable {
    private final BufferAllocator allocator;
    private final ConcurrentLinkedQueue<ArrowRecordBatch> kept = new ConcurrentLinkedQueue<>();

    Keeper(BufferAllocator allocator) {
      this.allocator = allocator;
    }

    @Override
    public Runnable acceptPut(
        CallContext context, FlightStream stream, StreamListener<PutResult> acknowledge) {
      return () -> {
        while (stream.next()) {
          kept.add(new VectorUnloader(stream.getRoot()).getRecordBatch());
        }
        acknowledge.onCompleted();
      };
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
      try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
        listener.start(root);
        VectorLoader loader = new VectorLoader(root);
        for (ArrowRecordBatch batch : kept) {
          loader.load(batch);
          listener.putNext();
        }
        listener.completed();
      }
    }

    @Override
    public void close() {
      kept.forEach(ArrowRecordBatch::close);
    }
  }

  @Test
  @SuppressWarnings("try") // Flight's close methods may be interrupted: so may this test
  void batches_comeBackAsTheyWere_fromMemoryOfHakmem_andNoneIsLeft() throws Exception {
    assertTrue(Hakmem.owns(HakmemAllocationManager.FACTORY.empty().memoryAddress())); // is there
    long bytesBefore = Hakmem.stats().allocatedBytes();
    Counting ofServer = new Counting();
    Counting ofClient = new Counting();
    List<Integer> rows = new ArrayList<>();
    try (BufferAllocator serverMemory = ofServer.root();
        BufferAllocator clientMemory = ofClient.root();
        Keeper keeper = new Keeper(serverMemory);
        FlightServer server =
            FlightServer.builder(serverMemory, Location.forGrpcInsecure("localhost", 0), keeper)
                .build()
                .start();
        FlightClient client =
            FlightClient.builder(
                    clientMemory, Location.forGrpcInsecure("localhost", server.getPort()))
                .build()) {
      put(client, clientMemory);
      assertEquals(BATCHES, keeper.kept.size());
      for (ArrowRecordBatch batch : keeper.kept) {
        batch.getBuffers().forEach(FlightRoundTripTest::assertOfHakmem);
      }
      try (FlightStream stream = client.getStream(new Ticket(new byte[] {1}))) {
        for (int batch = 0; stream.next(); batch++) {
          check(stream.getRoot(), batch);
          rows.add(stream.getRoot().getRowCount());
        }
      }
    } // the allocators' close throws if a buffer is left
    assertEquals(Collections.nCopies(BATCHES, ROWS), rows);
    assertTrue(ofServer.count.get() >= BATCHES, "the server's buffers: " + ofServer.count);
    assertTrue(ofClient.count.get() >= BATCHES, "the client's buffers: " + ofClient.count);
    assertEquals(bytesBefore, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }

  private static void assertOfHakmem(ArrowBuf buffer) {
    // A received buffer is a slice of what came as one message: inside a block of hakmem's.
    assertTrue(buffer.capacity() == 0 || isInABlockOfHakmem(buffer.memoryAddress()));
  }

  private static boolean isInABlockOfHakmem(long address) {
    try {
      Hakmem.usableSize(address);
      return true;
    } catch (InvalidFreeException e) {
      return e.kind() == InvalidFreeException.Kind.INTERIOR;
    }
  }

  private static void put(FlightClient client, BufferAllocator allocator) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator)) {
      FlightClient.ClientStreamListener upload =
          client.startPut(FlightDescriptor.path("kept"), root, new AsyncPutListener());
      for (int batch = 0; batch < BATCHES; batch++) {
        root.allocateNew();
        IntVector numbers = (IntVector) root.getVector("number");
        VarCharVector texts = (VarCharVector) root.getVector("text");
        for (int row = 0; row < ROWS; row++) {
          if (row % 7 == 0) {
            numbers.setNull(row);
          } else {
            numbers.setSafe(row, number(batch, row));
          }
          texts.setSafe(row, text(batch, row));
        }
        root.setRowCount(ROWS);
        upload.putNext();
      }
      upload.completed();
      upload.getResult();
    }
  }

  private static void check(VectorSchemaRoot root, int batch) {
    IntVector numbers = (IntVector) root.getVector("number");
    VarCharVector texts = (VarCharVector) root.getVector("text");
    assertOfHakmem(numbers.getDataBuffer());
    assertOfHakmem(texts.getDataBuffer());
    for (int row = 0; row < ROWS; row++) {
      assertEquals(row % 7 == 0, numbers.isNull(row));
      assertFalse(texts.isNull(row));
      if (row % 7 != 0) {
        assertEquals(number(batch, row), numbers.get(row));
      }
      assertArrayEquals(text(batch, row), texts.get(row));
    }
  }

  private static int number(int batch, int row) {
    return batch * ROWS + row;
  }

  private static byte[] text(int batch, int row) {
    return ("row " + number(batch, row)).repeat(row % 5).getBytes(UTF_8);
  }
}
