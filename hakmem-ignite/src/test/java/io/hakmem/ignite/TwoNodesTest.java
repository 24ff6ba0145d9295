// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.ignite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.Hakmem;
import io.hakmem.verify.HeapVerifier;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.Ignition;
import org.apache.ignite.cache.CachePeekMode;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.logger.NullLogger;
import org.apache.ignite.mem.MemoryAllocator;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.TcpDiscoveryIpFinder;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on the loopback interface hold a cache, each its copies in hakmem's memory. */
@Timeout(300)
final class TwoNodesTest {

  private static final int ENTRIES = 2000;
  private static final long FIRST_SEGMENT = 10 << 20;
  private static final int BATCH = 100;
  private static final long REGION = 64 << 20;

  @TempDir private Path folder;

  /** Notes which blocks of hakmem each node has; serializable, as Ignite sends it around. */
  private record Noting(String node) implements MemoryAllocator, Serializable {
    private static final HakmemMemoryAllocator HAKMEM = new HakmemMemoryAllocator();
    private static final Map<String, Map<Long, Long>> BLOCKS = new ConcurrentHashMap<>();

    @Override
    public long allocateMemory(long size) {
      long address = HAKMEM.allocateMemory(size);
      blocks().put(address, size);
      return address;
    }

    @Override
    public void freeMemory(long address) {
      assertTrue(blocks().remove(address) != null);
      HAKMEM.freeMemory(address);
    }

    Map<Long, Long> blocks() {
      return BLOCKS.computeIfAbsent(node, _ -> new ConcurrentHashMap<>());
    }
  }

  @Test
  void nodesHoldAndServeACache_alsoWhenOneIsGone_andNoMemoryIsLeft() {
    long bytesBefore = Hakmem.stats().allocatedBytes();
    TcpDiscoveryIpFinder finder = new TcpDiscoveryVmIpFinder(true); // knows nodes of this process
    Noting ofFirst = new Noting("first");
    Noting ofSecond = new Noting("second");
    try (Ignite second = start(ofSecond, finder)) {
      try (Ignite first = start(ofFirst, finder)) {
        assertEquals(2, first.cluster().nodes().size());
        fill(first.getOrCreateCache(cache()));
        IgniteCache<Integer, byte[]> atSecond = second.cache("entries");
        assertEntries(atSecond);
        assertTrue(atSecond.localSize(CachePeekMode.PRIMARY) < ENTRIES, "some live elsewhere");
        assertAllOfHakmem(ofFirst);
        assertAllOfHakmem(ofSecond);
      }
      assertEquals(Set.of(), ofFirst.blocks().keySet());
      assertEntries(second.cache("entries"));
    }
    assertEquals(Set.of(), ofSecond.blocks().keySet());
    assertEquals(bytesBefore, Hakmem.stats().allocatedBytes());
    HeapVerifier.verify();
  }

  private Ignite start(Noting allocator, TcpDiscoveryIpFinder finder) {
    DataRegionConfiguration region =
        new DataRegionConfiguration()
            .setName("region")
            .setInitialSize(FIRST_SEGMENT)
            .setMaxSize(REGION)
            .setMemoryAllocator(allocator);
    return Ignition.start(
        new IgniteConfiguration()
            .setIgniteInstanceName(allocator.node())
            .setWorkDirectory(folder.resolve(allocator.node()).toString())
            .setLocalHost("127.0.0.1")
            .setDiscoverySpi(new TcpDiscoverySpi().setIpFinder(finder))
            .setGridLogger(new NullLogger())
            .setDataStorageConfiguration(
                new DataStorageConfiguration().setDefaultDataRegionConfiguration(region)));
  }

  private static CacheConfiguration<Integer, byte[]> cache() {
    return new CacheConfiguration<Integer, byte[]>("entries")
        .setBackups(1)
        .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC);
  }

  private static byte[] entry(int key) {
    byte[] bytes = new byte[key * 7 % (16 << 10)];
    new Random(key).nextBytes(bytes);
    return bytes;
  }

  /** Each entry twice and some removed between, so that pages are freed and used again. */
  private static void fill(IgniteCache<Integer, byte[]> cache) {
    putAll(cache, key -> new byte[key % 700]);
    for (int first = 0; first < ENTRIES; first += 2 * BATCH) {
      cache.removeAll(batch(first, key -> key).keySet());
    }
    putAll(cache, TwoNodesTest::entry);
  }

  private static void putAll(IgniteCache<Integer, byte[]> cache, IntFunction<byte[]> value) {
    for (int first = 0; first < ENTRIES; first += BATCH) {
      cache.putAll(batch(first, value));
    }
  }

  /** Sorted, or batches of several threads might wait for each other. */
  private static <V> SortedMap<Integer, V> batch(int first, IntFunction<V> value) {
    SortedMap<Integer, V> batch = new TreeMap<>();
    for (int key = first; key < first + BATCH; key++) {
      batch.put(key, value.apply(key));
    }
    return batch;
  }

  private static void assertEntries(IgniteCache<Integer, byte[]> cache) {
    for (int first = 0; first < ENTRIES; first += BATCH) {
      SortedMap<Integer, byte[]> wanted = batch(first, TwoNodesTest::entry);
      Map<Integer, byte[]> got = cache.getAll(wanted.keySet());
      wanted.forEach((key, bytes) -> assertArrayEquals(bytes, got.get(key)));
    }
  }

  private static void assertAllOfHakmem(Noting allocator) {
    long bytes = 0;
    for (Map.Entry<Long, Long> block : allocator.blocks().entrySet()) {
      assertTrue(Hakmem.usableSize(block.getKey()) >= block.getValue());
      bytes += block.getValue();
    }
    assertTrue(bytes > FIRST_SEGMENT, "the region has grown: " + bytes);
  }
}
