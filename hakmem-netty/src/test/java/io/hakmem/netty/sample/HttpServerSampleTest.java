// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.netty.HakmemByteBufAllocator;
import io.hakmem.verify.HeapVerifier;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The sample runs, also with many requests of all sizes at a time, and leaves nothing behind. */
@Isolated
final class HttpServerSampleTest {

  @Test
  void sample_printsWhatItSays() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      HttpServerSample.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertEquals(
        List.of("Hello, hakmem", "served by hakmem: true"),
        out.toString(StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void manyRequestsAtOnce_areAnsweredByteForByte_andNothingIsLeft() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    long requestsBefore = Hakmem.stats().hits() + Hakmem.stats().misses();
    try (HttpClient client = HttpClient.newHttpClient()) {
      Channel server = HttpServerSample.start(loops);
      int port = ((InetSocketAddress) server.localAddress()).getPort();
      Random random = new Random(1);
      for (int round = 0; round < 20; round++) {
        List<byte[]> bodies = new ArrayList<>();
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
          byte[] body = new byte[1 + random.nextInt(1 << random.nextInt(18))];
          random.nextBytes(body);
          bodies.add(body);
          answers.add(
              client.sendAsync(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/"))
                      .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray()));
        }
        for (int i = 0; i < bodies.size(); i++) {
          assertArrayEquals(bodies.get(i), answers.get(i).join().body());
        }
      }
    } finally {
      loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }
    assertEquals(0, HakmemByteBufAllocator.DEFAULT.metric().usedDirectMemory());
    assertTrue(Hakmem.stats().hits() + Hakmem.stats().misses() - requestsBefore >= 20 * 32);
    HeapVerifier.verify();
  }
}
