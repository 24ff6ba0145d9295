// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.ignite.sample;

import io.hakmem.Hakmem;
import io.hakmem.ignite.HakmemMemoryAllocator;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.Ignition;
import org.apache.ignite.configuration.DataRegionConfiguration;
import org.apache.ignite.configuration.DataStorageConfiguration;
import org.apache.ignite.configuration.IgniteConfiguration;
import org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi;
import org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder;

/** A cache in hakmem's memory. */
public final class CacheSample {
  private CacheSample() {}

  /** Starts a node, fills a cache and reads it. */
  public static void main(String[] args) {
    DataRegionConfiguration region =
        new DataRegionConfiguration()
            .setName("squares")
            .setInitialSize(64 << 20)
            .setMaxSize(64 << 20)
            .setMemoryAllocator(new HakmemMemoryAllocator()); // the one line
    IgniteConfiguration configuration =
        new IgniteConfiguration()
            .setLocalHost("127.0.0.1")
            .setDiscoverySpi(new TcpDiscoverySpi().setIpFinder(new TcpDiscoveryVmIpFinder(true)))
            .setDataStorageConfiguration(
                new DataStorageConfiguration().setDefaultDataRegionConfiguration(region));
    try (Ignite node = Ignition.start(configuration)) {
      IgniteCache<Integer, Long> squares = node.getOrCreateCache("squares");
      long sum = 0;
      for (int i = 0; i < 1000; i++) {
        squares.put(i, (long) i * i);
      }
      for (int i = 0; i < 1000; i++) {
        sum += squares.get(i);
      }
      System.out.println("sum: " + sum);
      System.out.println("MiB of hakmem: " + (Hakmem.stats().allocatedBytes() >> 20));
    }
    System.out.println("left in hakmem's memory: " + Hakmem.stats().allocatedBytes());
  }
}
