// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import static java.util.Locale.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hakmem.verify.HeapVerifier;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The knobs: where their values come from, what is refused, and when. */
@Tag("every-source")
final class ConfigTest {

  static List<HakmemConfig.Knob> knobs() {
    return HakmemConfig.knobs();
  }

  @ParameterizedTest
  @MethodSource("knobs")
  void from_propertyBeforeEnvironmentBeforeDefault(HakmemConfig.Knob knob) {
    long first = knob.max();
    long second = otherValue(knob);
    Map<String, String> property = Map.of(knob.property(), text(knob, first));
    Map<String, String> environment = Map.of(knob.environment(), text(knob, second));
    assertEquals(first, from(property, environment).value(knob));
    assertEquals(second, from(Map.of(), environment).value(knob));
    assertEquals(text(knob, second), from(Map.of(), environment).text(knob));
    assertEquals(HakmemConfig.DEFAULT.value(knob), from(Map.of(), Map.of()).value(knob));
  }

  /** Neither the largest nor the default. */
  private static long otherValue(HakmemConfig.Knob knob) {
    if (knob.component().equals("regionBytes")) {
      return 256 << 20;
    }
    return HakmemConfig.DEFAULT.value(knob) == knob.min() ? knob.min() + 1 : knob.min();
  }

  private static String text(HakmemConfig.Knob knob, long value) {
    return knob.words().isEmpty() ? Long.toString(value) : knob.words().get((int) value);
  }

  @ParameterizedTest
  @MethodSource("knobs")
  void from_bothEndsOfTheRange_areAccepted(HakmemConfig.Knob knob) {
    long max = knob.max();
    assertEquals(knob.min(), property(knob, text(knob, knob.min())).value(knob));
    assertEquals(max, property(knob, " " + text(knob, max) + " ").value(knob));
    assertEquals(max, HakmemConfig.DEFAULT.with(knob.component(), max).value(knob));
  }

  @ParameterizedTest
  @MethodSource("knobs")
  void from_badValues_areRefusedWithKnobValueAndRange(HakmemConfig.Knob knob) {
    List<String> bad = new ArrayList<>(List.of("", "x", "1.5", "0x10", "1 2", "9".repeat(30)));
    bad.add(Long.toString(knob.min() - 1));
    if (knob.max() < Long.MAX_VALUE) {
      bad.add(Long.toString(knob.max() + 1));
    }
    if (!knob.unit().equals("bytes")) {
      bad.add("1k");
    } else {
      bad.add("k");
      bad.add("1t");
      bad.add("99999999999g");
    }
    for (String value : bad) {
      assertRefused(knob.property(), value, knob, Map.of(knob.property(), value), Map.of());
      assertRefused(knob.environment(), value, knob, Map.of(), Map.of(knob.environment(), value));
    }
  }

  private static void assertRefused(
      String name,
      String value,
      HakmemConfig.Knob knob,
      Map<String, String> properties,
      Map<String, String> environment) {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> from(properties, environment),
            () -> name + "=" + value);
    String message = String.valueOf(refusal.getMessage());
    assertTrue(message.contains(name), message);
    assertTrue(message.contains(value), message);
    assertTrue(message.contains(knob.range()), message);
  }

  @Test
  void from_regionThatIsNoPowerOfTwoOrTooSmall_isRefusedWithKnobValueAndRange() {
    HakmemConfig.Knob knob =
        knobs().stream().filter(each -> each.component().equals("regionBytes")).findAny().get();
    for (String value : List.of("100000000", "33554432", "1")) {
      Map<String, String> variable = Map.of("HAKMEM_REGION_BYTES", value);
      assertRefused("HAKMEM_REGION_BYTES", value, knob, Map.of(), variable);
    }
  }

  @Test
  void from_sources_areWordsInAnyCase() {
    for (HakmemConfig.Os source : HakmemConfig.Os.values()) {
      String name = source.name();
      assertEquals(source, from(Map.of("hakmem.os", name), Map.of()).os());
      assertEquals(source, from(Map.of(), Map.of("HAKMEM_OS", name.toLowerCase(ROOT))).os());
      assertEquals(source, HakmemConfig.DEFAULT.withOs(source).os());
    }
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> from(Map.of("hakmem.os", "0"), Map.of()));
    assertEquals("hakmem.os is 0; it takes auto, linux, portable (word)", refused.getMessage());
  }

  @Test
  void from_sizesWithUnits_areMultiplied() {
    assertEquals(3L << 10, limit("3k"));
    assertEquals(3L << 20, limit("3M"));
    assertEquals(3L << 30, limit(" 3g "));
    assertEquals(3, limit("3"));
  }

  @Test
  void softLimit_isBelowTheLimit() {
    assertEquals(Long.MAX_VALUE, Startup.softLimit(HakmemConfig.DEFAULT));
    HakmemConfig limited = HakmemConfig.DEFAULT.withLimitBytes(800);
    assertEquals(700, Startup.softLimit(limited));
    assertEquals(800, Startup.softLimit(limited.withSoftLimitBytes(800)));
    assertEquals(5, Startup.softLimit(HakmemConfig.DEFAULT.withSoftLimitBytes(5)));
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> limited.withSoftLimitBytes(801));
    assertEquals(
        "hakmem.softLimitBytes is 801; it takes 0 to hakmem.limitBytes, 800 (bytes)",
        refused.getMessage());
  }

  private static long limit(String value) {
    return from(Map.of("hakmem.limitBytes", value), Map.of()).limitBytes();
  }

  @Test
  void environmentNames_areTheOriginalsOrDerived() {
    List<String> names = knobs().stream().map(HakmemConfig.Knob::environment).toList();
    assertTrue(names.contains("HAKMEM_TINY_FAST_CAP"));
    assertTrue(names.contains("HAKMEM_TINY_SLL_DRAIN_INTERVAL"));
    assertTrue(names.contains("HAKMEM_TINY_REFILL_COUNT_HOT"));
    assertTrue(names.contains("HAKMEM_TINY_REFILL_COUNT_MID"));
    assertTrue(names.contains("HAKMEM_FRONT_STATS"));
    assertTrue(names.contains("HAKMEM_LIMIT_BYTES"));
    assertTrue(names.contains("HAKMEM_REGION_BYTES"));
    assertTrue(names.contains("HAKMEM_PURGE_DELAY_MILLIS"));
    List<String> properties = knobs().stream().map(HakmemConfig.Knob::property).toList();
    assertTrue(properties.contains("hakmem.tiny.fastCap"));
    assertTrue(properties.contains("hakmem.limitBytes"));
    assertTrue(properties.contains("hakmem.purge.delayMillis"));
    assertTrue(properties.contains("hakmem.regionBytes"));
  }

  @Test
  void with_ofEachComponent_changesOnlyThat() {
    HakmemConfig changed =
        HakmemConfig.DEFAULT
            .withTinyFastCap(3)
            .withTinySllDrainInterval(4)
            .withTinyRefillCountHot(5)
            .withTinyRefillCountMid(6)
            .withFrontCacheBytes(7)
            .withLargeCacheBytes(10)
            .withAce(true)
            .withFrontStats(true)
            .withRecordBytes(12)
            .withProfileIntervalBytes(13)
            .withPurgeDelayMillis(8)
            .withLimitBytes(9)
            .withSoftLimitBytes(5)
            .withRegionBytes(1L << 27)
            .withOs(HakmemConfig.Os.PORTABLE)
            .withHardening(HakmemConfig.Hardening.FULL)
            .withQuarantineBytes(11)
            .withGuardsSampleEvery(12);
    assertEquals(
        new HakmemConfig(
            3,
            4,
            5,
            6,
            7,
            10,
            1,
            1,
            12,
            13,
            8,
            9,
            5,
            1L << 27,
            HakmemConfig.Os.PORTABLE,
            HakmemConfig.Hardening.FULL,
            11,
            12),
        changed);
    assertEquals(
        HakmemConfig.DEFAULT,
        changed
            .withAce(false)
            .withFrontStats(false)
            .withRecordBytes(0)
            .withProfileIntervalBytes(0)
            .withTinyFastCap(256)
            .withTinySllDrainInterval(8192)
            .withTinyRefillCountHot(128)
            .withTinyRefillCountMid(8)
            .withFrontCacheBytes(2 << 20)
            .withLargeCacheBytes(256 << 20)
            .withPurgeDelayMillis(1000)
            .withLimitBytes(0)
            .withSoftLimitBytes(0)
            .withRegionBytes(0)
            .withOs(HakmemConfig.Os.AUTO)
            .withHardening(HakmemConfig.Hardening.STANDARD)
            .withQuarantineBytes(1 << 20)
            .withGuardsSampleEvery(0));
    assertThrows(IllegalArgumentException.class, () -> changed.withTinyFastCap(1));
    assertThrows(IllegalArgumentException.class, () -> changed.with("tinyFastCap", 1L << 40));
    assertThrows(IllegalArgumentException.class, () -> changed.with("noSuchKnob", 1));
    assertThrows(IllegalArgumentException.class, () -> changed.withRegionBytes(3L << 30));
  }

  @Test
  void constructor_withAnyValueOutOfRange_isRefused() throws Throwable {
    refuses("tinyFastCap", 513);
    refuses("tinySllDrainInterval", 0);
    refuses("tinyRefillCountHot", 513);
    refuses("tinyRefillCountMid", 513);
    refuses("frontCacheBytes", (1L << 40) + 1);
    refuses("largeCacheBytes", (1L << 40) + 1);
    refuses("ace", 2);
    refuses("frontStats", 2);
    refuses("recordBytes", (1L << 40) + 1);
    refuses("profileIntervalBytes", -1L);
    refuses("purgeDelayMillis", -2L);
    refuses("limitBytes", -1L);
    refuses("softLimitBytes", -1L);
    refuses("regionBytes", 32L << 20);
    refuses("quarantineBytes", -1L);
    refuses("guardsSampleEvery", -1);
  }

  /** The constructor takes all defaults, but not with this value for one component. */
  private static void refuses(String component, Number value) throws Throwable {
    RecordComponent[] components = HakmemConfig.class.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    int changed = -1;
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = components[i].getAccessor().invoke(HakmemConfig.DEFAULT);
      changed = components[i].getName().equals(component) ? i : changed;
    }
    MethodHandle constructor =
        MethodHandles.lookup()
            .findConstructor(HakmemConfig.class, MethodType.methodType(void.class, types));
    assertEquals(HakmemConfig.DEFAULT, constructor.invokeWithArguments(values));
    values[changed] = value;
    assertThrows(
        IllegalArgumentException.class, () -> constructor.invokeWithArguments(values), component);
  }

  @Test
  void configure_beforeTheFirstUse_isHonouredAndAfterItRefused() {
    FreshAllocator.run(Configure.class, "");
  }

  /** Questions are no use: an allocator that nobody needed yet may still be configured. */
  static final class Configure implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Hakmem.free(0);
      Hakmem.purge();
      assertEquals(false, Hakmem.owns(16));
      Hakmem.configure(small().withLimitBytes(1 << 20));
      Hakmem.configure(small().withLimitBytes(256 << 20));
      long address = Hakmem.allocate(1);
      assertEquals(256 << 20, Hakmem.stats().limitBytes());
      assertThrows(IllegalStateException.class, () -> Hakmem.configure(small()));
      Hakmem.free(address);
      assertThrows(IllegalStateException.class, () -> Hakmem.configure(small()));
      return argument;
    }
  }

  @Test
  void badProperty_atTheFirstUse_surfacesAsItselfAndMayBeMended() {
    for (String use : List.of("allocate", "free", "stats", "handle", "virtual")) {
      FreshAllocator.run(BadProperty.class, use);
    }
  }

  /** The first use of each kind, with a property that is out of range. */
  static final class BadProperty implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      Runnable use =
          switch (argument) {
            case "allocate" -> () -> Hakmem.allocate(1);
            case "free" -> () -> Hakmem.free(16);
            case "stats" -> Hakmem::stats;
            case "handle" -> Hakmem::handle;
            default -> () -> InThread.runVirtual(() -> Hakmem.allocate(1));
          };
      System.setProperty("hakmem.limitBytes", "-7");
      System.setProperty("hakmem.regionBytes", "1g");
      try {
        for (int i = 0; i < 2; i++) {
          Throwable thrown = assertThrows(Throwable.class, use::run);
          Throwable cause = argument.equals("virtual") ? thrown.getCause() : thrown;
          assertTrue(cause instanceof IllegalArgumentException, "got " + cause);
          assertTrue(String.valueOf(cause.getMessage()).contains("hakmem.limitBytes is -7"));
        }
        System.setProperty("hakmem.limitBytes", "32m");
        Hakmem.free(Hakmem.allocate(1));
        assertEquals(32 << 20, Hakmem.stats().limitBytes());
      } finally {
        System.clearProperty("hakmem.limitBytes");
        System.clearProperty("hakmem.regionBytes");
      }
      return argument;
    }
  }

  @Test
  void configure_countsBeforeProperties() {
    FreshAllocator.run(BeforeProperties.class, "");
  }

  /** The property is even bad, and nobody asks. */
  static final class BeforeProperties implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      System.setProperty("hakmem.limitBytes", "nonsense");
      try {
        Hakmem.configure(small().withLimitBytes(48 << 20));
        Hakmem.free(Hakmem.allocate(1));
        assertEquals(48 << 20, Hakmem.stats().limitBytes());
      } finally {
        System.clearProperty("hakmem.limitBytes");
      }
      return argument;
    }
  }

  @Test
  void extremeKnobs_workAndKeepTheHeapSound() {
    for (int fastCap : new int[] {2, 512}) {
      for (int drain : new int[] {1, 1 << 30}) {
        for (int refill : new int[] {1, 512}) {
          for (long cacheBytes : new long[] {0, 1L << 40}) {
            for (int ace : new int[] {0, 1}) {
              FreshAllocator.run(
                  Extreme.class,
                  fastCap + "," + drain + "," + refill + "," + cacheBytes + "," + ace);
            }
          }
        }
      }
    }
  }

  /** A little of everything, by platform and by virtual threads. */
  static final class Extreme implements UnaryOperator<String> {
    @Override
    public String apply(String argument) {
      List<Long> values = List.of(argument.split(",", -1)).stream().map(Long::valueOf).toList();
      HakmemConfig config =
          small()
              .with("tinyFastCap", values.get(0))
              .with("tinySllDrainInterval", values.get(1))
              .with("tinyRefillCountHot", values.get(2))
              .with("tinyRefillCountMid", values.get(2))
              .with("frontCacheBytes", values.get(3))
              .with("ace", values.get(4));
      Hakmem.configure(config);
      use();
      InThread.run(Extreme::use);
      InThread.runVirtual(Extreme::use);
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().allocatedBytes());
      Hakmem.purge();
      HeapVerifier.verify();
      assertEquals(0, Hakmem.stats().cachedBytes());
      return argument;
    }

    private static void use() {
      List<Long> blocks = new ArrayList<>();
      for (int round = 0; round < 3; round++) {
        for (int size = 1; size < 40_000; size += 1 + size / 20) {
          for (int i = 0; i < 3; i++) {
            blocks.add(Hakmem.allocate(size));
          }
          if (size % 3 == 0) {
            Hakmem.free(blocks.removeFirst());
          }
        }
        List<Long> others = List.copyOf(blocks.subList(0, blocks.size() / 2));
        InThread.run(() -> others.forEach(Hakmem::free));
        blocks.removeAll(others);
        blocks.forEach(Hakmem::free);
        blocks.clear();
      }
    }
  }

  private static HakmemConfig small() {
    return TestMode.DEFAULT.withRegionBytes(1L << 30).withPurgeDelayMillis(-1);
  }

  private static HakmemConfig property(HakmemConfig.Knob knob, String value) {
    return from(Map.of(knob.property(), value), Map.of());
  }

  private static HakmemConfig from(
      Map<String, String> properties, Map<String, String> environment) {
    return HakmemConfig.from(properties::get, environment::get);
  }
}
