// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The one bean, and its way into a server. Not to be loaded where java.management is not readable.
 */
final class ManagedHakmem implements HakmemMXBean {

  private static final ObjectName OF_EVERY_PLATFORM = name("java.lang:type=Runtime");

  private final MBeanServer server;
  private final ObjectName name;

  private ManagedHakmem(MBeanServer server, ObjectName name) {
    this.server = server;
    this.name = name;
  }

  /** The platform's server if anybody made it, which takes some 150 ms. */
  static @Nullable MBeanServer existingServer() {
    for (MBeanServer each : MBeanServerFactory.findMBeanServer(null)) {
      if (each.isRegistered(OF_EVERY_PLATFORM)) {
        return each;
      }
    }
    return null;
  }

  /**
   * Registers a bean; where another class loader's has the name, under one that tells them apart.
   */
  static ManagedHakmem register(MBeanServer server) {
    String loader =
        Integer.toHexString(System.identityHashCode(ManagedHakmem.class.getClassLoader()));
    try {
      return register(server, name(HakmemMonitoring.OBJECT_NAME));
    } catch (InstanceAlreadyExistsException ofAnotherLoader) {
      try {
        return register(server, name(HakmemMonitoring.OBJECT_NAME + ",loader=" + loader));
      } catch (InstanceAlreadyExistsException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static ManagedHakmem register(MBeanServer server, ObjectName name)
      throws InstanceAlreadyExistsException {
    ManagedHakmem bean = new ManagedHakmem(server, name);
    try {
      server.registerMBean(bean, name);
    } catch (InstanceAlreadyExistsException e) {
      throw e;
    } catch (JMException e) {
      throw new IllegalStateException("hakmem: cannot register " + name, e);
    }
    return bean;
  }

  private static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  void unregister() {
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException somebodyDidIt) { // as wanted
    } catch (JMException e) {
      throw new IllegalStateException("hakmem: cannot unregister " + name, e);
    }
  }

  @Override
  public HakmemStats getStats() {
    return Hakmem.stats();
  }

  @Override
  public long getAllocatedBytes() {
    return Hakmem.stats().allocatedBytes();
  }

  @Override
  public long getCachedBytes() {
    return Hakmem.stats().cachedBytes();
  }

  @Override
  public long getCommittedBytes() {
    return Hakmem.stats().committedBytes();
  }

  @Override
  public long getPeakCommittedBytes() {
    return Hakmem.stats().peakCommittedBytes();
  }

  @Override
  public long getLimitBytes() {
    return Hakmem.stats().limitBytes();
  }

  @Override
  public long getStrandedBytes() {
    return Hakmem.stats().strandedBytes();
  }

  @Override
  public long getHits() {
    return Hakmem.stats().hits();
  }

  @Override
  public long getMisses() {
    return Hakmem.stats().misses();
  }

  @Override
  public List<SuperslabStats> getSuperslabs() {
    return SuperslabReader.read(Startup.allocator());
  }

  @Override
  public Map<String, String> getKnobs() {
    HakmemConfig config = Startup.config();
    Map<String, String> values = new TreeMap<>();
    for (HakmemConfig.Knob knob : HakmemConfig.knobs()) {
      values.put(knob.property(), config.text(knob));
    }
    return values;
  }

  @Override
  public String guardReport(long address) {
    return HakmemGuards.report(address);
  }

  @Override
  public String guardReport() {
    return HakmemGuards.report();
  }

  @Override
  public void purge() {
    Hakmem.purge();
  }

  @Override
  public boolean isRecording() {
    return HakmemRecording.isRunning();
  }

  @Override
  public void startRecording(String file, long maxBytes) throws IOException {
    HakmemRecording.start(Path.of(file), maxBytes);
  }

  @Override
  public HakmemRecording.Result stopRecording() {
    return HakmemRecording.stop();
  }

  @Override
  public boolean isProfiling() {
    return HakmemProfile.isRunning();
  }

  @Override
  public void startProfile(long intervalBytes) {
    HakmemProfile.start(intervalBytes);
  }

  @Override
  public void stopProfile() {
    HakmemProfile.stop();
  }

  @Override
  public HakmemProfile.Snapshot profileSnapshot() {
    return HakmemProfile.snapshot();
  }
}
