// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.netty.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.netty.HakmemByteBufAllocator;
import io.hakmem.verify.HeapVerifier;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.LeakReports;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ResourceLeakDetector;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Netty on both sides of thousands of requests, each buffer watched by its leak detector. */
@Isolated
@Timeout(300)
final class HttpLoadTest {

  private static final int CONNECTIONS = 8;
  private static final int REQUESTS = 500;
  private static final int LARGEST_BODY_LOG2 = 17;

  private final HakmemByteBufAllocator ofClients = new HakmemByteBufAllocator();
  private final ConcurrentLinkedQueue<String> leaks = new ConcurrentLinkedQueue<>();
  private final ResourceLeakDetector.Level levelBefore = ResourceLeakDetector.getLevel();

  @BeforeEach
  void watch() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    LeakReports.to((_, records) -> leaks.add(records));
  }

  @AfterEach
  void watchNoLonger() {
    LeakReports.toTheLog();
    ResourceLeakDetector.setLevel(levelBefore);
  }

  /** One connection: asks when it was answered, and checks the answers. */
  private static final class Client extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final CompletableFuture<Integer> answered = new CompletableFuture<>();
    private final Random random;
    private byte[] body = {};
    private int answers;

    Client(int seed) {
      random = new Random(seed);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      ask(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      assertArrayEquals(body, ByteBufUtil.getBytes(response.content()));
      answers++;
      if (answers < REQUESTS) {
        ask(context);
      } else {
        answered.complete(answers);
        ChannelFuture _ = context.close();
      }
    }

    private void ask(ChannelHandlerContext context) {
      body = new byte[1 + random.nextInt(1 << random.nextInt(LARGEST_BODY_LOG2 + 1))];
      random.nextBytes(body);
      FullHttpRequest request =
          new DefaultFullHttpRequest(
              HttpVersion.HTTP_1_1, HttpMethod.POST, "/", inABuffer(context));
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
      ChannelFuture _ = context.writeAndFlush(request); // which releases the body
    }

    /** The body in a buffer of the right size, one that has to grow, or one of two halves. */
    private ByteBuf inABuffer(ChannelHandlerContext context) {
      int half = body.length / 2;
      return switch (answers % 3) {
        case 0 -> context.alloc().buffer(body.length).writeBytes(body);
        case 1 ->
            context
                .alloc()
                .buffer(1)
                .writeBytes(body, 0, half)
                .writeBytes(body, half, body.length - half);
        default ->
            context
                .alloc()
                .compositeBuffer(2)
                .addComponent(true, context.alloc().buffer(1).writeBytes(body, 0, half))
                .addComponent(
                    true, context.alloc().buffer(1).writeBytes(body, half, body.length - half));
      };
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      answered.completeExceptionally(cause);
      ChannelFuture _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      answered.completeExceptionally(new ClosedChannelException()); // if it was not answered
    }
  }

  @Test
  void thousandsOfRequests_areAnsweredByteForByte_andNoBufferIsLeft() throws Exception {
    long bytesBefore = Hakmem.stats().allocatedBytes();
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(4, NioIoHandler.newFactory());
    try {
      SocketAddress server = HttpServerSample.start(loops).localAddress();
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        clients.add(connect(loops, server, i));
      }
      for (Client client : clients) {
        assertEquals(REQUESTS, client.answered.get());
      }
    } finally {
      loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).sync();
    }
    assertEquals(0, ofClients.metric().usedDirectMemory());
    assertEquals(0, HakmemByteBufAllocator.DEFAULT.metric().usedDirectMemory());
    assertEquals(bytesBefore, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
    assertTheDetectorFindsNoneButTheOneThatIsDropped();
  }

  private Client connect(EventLoopGroup loops, SocketAddress server, int seed) {
    Client client = new Client(seed);
    ChannelFuture _ =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, ofClients)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20), client);
                  }
                })
            .connect(server);
    return client;
  }

  /** A buffer is dropped on purpose: once it is reported, so would be all that were before it. */
  private void assertTheDetectorFindsNoneButTheOneThatIsDropped() {
    long address = drop();
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (leaks.stream().noneMatch(records -> records.contains("dropped on purpose"))) {
      assertTrue(System.nanoTime() < end, "the detector does not find a dropped buffer");
      System.gc();
      ofClients.directBuffer(1).release(); // the detector reports when a buffer is made
    }
    System.gc();
    ofClients.directBuffer(1).release();
    Hakmem.free(address);
    assertEquals(1, leaks.size(), () -> String.join("\n\n", leaks));
    HeapVerifier.verify();
  }

  private long drop() {
    ByteBuf dropped = ofClients.directBuffer(100).touch("dropped on purpose");
    return dropped.memoryAddress();
  }
}
