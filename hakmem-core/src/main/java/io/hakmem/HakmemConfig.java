// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem;

import io.hakmem.memory.Bits;
import io.hakmem.superslab.Reservation;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Tuning knobs of the allocator, read once before the first use.
 *
 * <p>A value set here by a {@code with} method counts before the system property, this before the
 * environment variable, this before the default. {@link #knobs()} lists all names, ranges and
 * units.
 *
 * {@snippet file="io/hakmem/sample/ApiSnippets.java" region="configure"}
 *
 * @param tinyFastCap most free blocks of one size class at hand in a thread's cache; 2 to 512, of
 *     larger blocks no more than 32 KiB or 32 blocks
 * @param tinySllDrainInterval blocks that move between a thread's cache and the depot until the
 *     cache returns what it did not need; 1 to 2^30
 * @param tinyRefillCountHot blocks a cache asks for at a miss, classes up to 1024 bytes; 1 to 512
 * @param tinyRefillCountMid the same for classes above 1024 bytes; 1 to 512
 * @param frontCacheBytes most bytes a thread's cache keeps at a drain, and of classes above 2048
 *     bytes at any time but right after a refill; 0 to 2^40
 * @param largeCacheBytes most bytes of freed blocks above 48 KiB that stay in memory until the
 *     purge, as far as such memory was asked for again before; 0 to 2^40
 * @param ace 1 to let the capacities of a thread's cache follow what the program does: a class that
 *     runs empty and full may hold up to four times {@code tinyFastCap}, one that is not used half
 *     of it, all together no more bytes than without; else 0
 * @param frontStats 1 to print hits and misses of each class on standard error at exit, else 0
 * @param recordBytes most bytes of a trace of all calls from the start to the exit, written to
 *     {@code hakmem-PID.trace.gz} in the working directory, see {@link HakmemRecording}; 0 to 2^40,
 *     0 for none
 * @param profileIntervalBytes mean bytes between the samples of a profile of what is live, taken
 *     from the start, whose largest sites are printed on standard error at exit, see {@link
 *     HakmemProfile}; 0 to 2^40, 0 for none
 * @param purgeDelayMillis how long free memory stays before the system gets it back, in
 *     milliseconds; 0 for the next occasion, -1 for never in the background
 * @param limitBytes most bytes of physical memory the allocator may use, its maps included; 0 for
 *     no limit
 * @param softLimitBytes bytes of physical memory above which free memory goes back after 40 ms
 *     instead of a longer {@code purgeDelayMillis}, unless the program uses it again all the time;
 *     no effect if that is -1. At most {@code limitBytes}, if that is not 0; 0 for seven eighths of
 *     it, or none without a limit
 * @param regionBytes address space to reserve for blocks, a power of two from 64 MiB to 16 TiB, or
 *     0 for the source's usual size: 1 TiB, {@link Os#PORTABLE} 256 MiB. Less is taken if the
 *     system refuses. Below 16 GiB it also bounds how many threads have a cache of their own: one
 *     for each MiB
 * @param os where memory comes from
 * @param hardening how closely blocks are watched
 * @param quarantineBytes with {@link Hardening#FULL} most bytes of freed blocks that are kept back
 *     before they may be handed out again; blocks above 48 KiB that are made inaccessible meanwhile
 *     take no memory, of their addresses sixteen times as many may wait; 0 to 2^36
 * @param guardsSampleEvery one in how many allocations of at most a page gets a page of its own
 *     between guard pages, see {@link HakmemGuards}; below 10000 every call takes a slow way; 0 for
 *     none, to 2^30
 */
public record HakmemConfig(
    int tinyFastCap,
    int tinySllDrainInterval,
    int tinyRefillCountHot,
    int tinyRefillCountMid,
    long frontCacheBytes,
    long largeCacheBytes,
    int ace,
    int frontStats,
    long recordBytes,
    long profileIntervalBytes,
    long purgeDelayMillis,
    long limitBytes,
    long softLimitBytes,
    long regionBytes,
    Os os,
    Hardening hardening,
    long quarantineBytes,
    int guardsSampleEvery) {

  /** Where memory comes from. */
  public enum Os {
    /** {@link #LINUX} if that fits the machine and is not refused, else {@link #PORTABLE}. */
    AUTO,
    /** The memory calls of Linux, on x86-64 and aarch64; idle memory goes back to the system. */
    LINUX,
    /**
     * The C library of any system: one region of {@link HakmemConfig#regionBytes}. What was touched
     * once stays with the process, and counts against {@link HakmemConfig#limitBytes}, until it
     * ends; everything else is the same.
     */
    PORTABLE
  }

  /** How closely blocks are watched. */
  public enum Hardening {
    /** Every bad free is refused, on the fast path. */
    STANDARD,
    /**
     * Also writes beyond a block's end and into freed blocks are found: see {@link
     * MemoryCorruptionException}. Every call takes a slow way, some ten times as long.
     */
    FULL
  }

  /**
   * How one component is called elsewhere, and which values it takes.
   *
   * @param component name of the record component
   * @param property name of the system property
   * @param environment name of the environment variable
   * @param unit unit of the value
   * @param min smallest value
   * @param max largest value
   * @param words what the values from 0 on are called; empty for a number
   * @param meaning what it does, in one line
   */
  public record Knob(
      String component,
      String property,
      String environment,
      String unit,
      long min,
      long max,
      List<String> words,
      String meaning) {

    /** The values it takes, for people. */
    public String range() {
      return words.isEmpty() ? min + " to " + max : String.join(", ", words);
    }
  }

  private static final String BYTES_POWER_OF_TWO = "bytes, a power of two from 64m on or 0";

  /** By the numbers that their knob has for them. */
  private static final List<Os> SOURCES = List.of(Os.values());

  private static final List<Hardening> HARDENINGS = List.of(Hardening.values());

  private static final List<Knob> KNOBS =
      List.of(
          knob(
              "tinyFastCap",
              "hakmem.tiny.fastCap",
              "blocks",
              2,
              512,
              "most free blocks of a size class in a thread's cache"),
          knob(
              "tinySllDrainInterval",
              "hakmem.tiny.sllDrainInterval",
              "blocks",
              1,
              1 << 30,
              "blocks moved until a thread's cache returns what it did not need"),
          knob(
              "tinyRefillCountHot",
              "hakmem.tiny.refillCountHot",
              "blocks",
              1,
              512,
              "blocks fetched at a miss, classes up to 1024 B"),
          knob(
              "tinyRefillCountMid",
              "hakmem.tiny.refillCountMid",
              "blocks",
              1,
              512,
              "blocks fetched at a miss, classes above 1024 B"),
          knob(
              "frontCacheBytes",
              "hakmem.front.cacheBytes",
              "bytes",
              0,
              1L << 40,
              "most bytes a thread's cache keeps at a drain, classes above 2048 B always"),
          knob(
              "largeCacheBytes",
              "hakmem.large.cacheBytes",
              "bytes",
              0,
              1L << 40,
              "most bytes of freed large blocks that stay for re-use"),
          knob(
              "ace",
              "hakmem.ace",
              "0 or 1",
              0,
              1,
              "let the capacities of caches follow the program"),
          knob(
              "frontStats",
              "hakmem.front.stats",
              "0 or 1",
              0,
              1,
              "print hits and misses per class at exit"),
          knob(
              "recordBytes",
              "hakmem.recordBytes",
              "bytes",
              0,
              1L << 40,
              "largest hakmem-PID.trace.gz of all calls; 0: none"),
          knob(
              "profileIntervalBytes",
              "hakmem.profile.intervalBytes",
              "bytes",
              0,
              1L << 40,
              "one sample of what is live in so many bytes; 0: none"),
          knob(
              "purgeDelayMillis",
              "hakmem.purge.delayMillis",
              "ms",
              -1,
              86_400_000,
              "how long free memory is kept; -1: for ever"),
          knob(
              "limitBytes",
              "hakmem.limitBytes",
              "bytes",
              0,
              Long.MAX_VALUE,
              "hard limit of physical memory; 0: none"),
          knob(
              "softLimitBytes",
              "hakmem.softLimitBytes",
              "bytes",
              0,
              Long.MAX_VALUE,
              "above it free memory goes back sooner; 0: 7/8 of limitBytes"),
          knob(
              "regionBytes",
              "hakmem.regionBytes",
              BYTES_POWER_OF_TWO,
              0,
              1L << 44,
              "address space to reserve for blocks; 0: 1 TiB, portable 256 MiB"),
          words("os", "hakmem.os", SOURCES, "where memory comes from"),
          words("hardening", "hakmem.hardening", HARDENINGS, "how closely blocks are watched"),
          knob(
              "quarantineBytes",
              "hakmem.hardening.quarantineBytes",
              "bytes",
              0,
              1L << 36,
              "with hardening full: most bytes of freed blocks kept back"),
          knob(
              "guardsSampleEvery",
              "hakmem.guards.sampleEvery",
              "allocations",
              0,
              1 << 30,
              "one in how many gets guard pages around it; 0: none"));

  /** All knobs at their defaults. */
  public static final HakmemConfig DEFAULT =
      new HakmemConfig(
          256,
          8192,
          128,
          8,
          2 << 20,
          256 << 20,
          0,
          0,
          0,
          0,
          1000,
          0,
          0,
          0,
          Os.AUTO,
          Hardening.STANDARD,
          1 << 20,
          0);

  /**
   * Checks every value; throws {@link IllegalArgumentException} that names knob, value and range.
   */
  public HakmemConfig {
    check("tinyFastCap", tinyFastCap);
    check("tinySllDrainInterval", tinySllDrainInterval);
    check("tinyRefillCountHot", tinyRefillCountHot);
    check("tinyRefillCountMid", tinyRefillCountMid);
    check("frontCacheBytes", frontCacheBytes);
    check("largeCacheBytes", largeCacheBytes);
    check("ace", ace);
    check("frontStats", frontStats);
    check("recordBytes", recordBytes);
    check("profileIntervalBytes", profileIntervalBytes);
    check("purgeDelayMillis", purgeDelayMillis);
    check("limitBytes", limitBytes);
    check("softLimitBytes", softLimitBytes);
    check("regionBytes", regionBytes);
    check("quarantineBytes", quarantineBytes);
    check("guardsSampleEvery", guardsSampleEvery);
    if (limitBytes != 0 && softLimitBytes > limitBytes) {
      throw new IllegalArgumentException(
          "hakmem.softLimitBytes is "
              + softLimitBytes
              + "; it takes 0 to hakmem.limitBytes, "
              + limitBytes
              + " (bytes)");
    }
  }

  /** All knobs, in the order of the components. */
  public static List<Knob> knobs() {
    return KNOBS;
  }

  /**
   * The values that system properties and environment set, and defaults for the others. Sizes may
   * end in k, m or g.
   *
   * @throws IllegalArgumentException if a value is not a number or out of range; the message names
   *     knob, value and range
   */
  public static HakmemConfig fromEnvironment() {
    return from(System::getProperty, System::getenv);
  }

  static HakmemConfig from(
      UnaryOperator<@Nullable String> properties, UnaryOperator<@Nullable String> environment) {
    long[] values = new long[KNOBS.size()];
    for (int i = 0; i < values.length; i++) {
      Knob knob = KNOBS.get(i);
      String property = properties.apply(knob.property());
      String variable = environment.apply(knob.environment());
      if (property != null) {
        values[i] = parse(knob, knob.property(), property);
      } else if (variable != null) {
        values[i] = parse(knob, knob.environment(), variable);
      } else {
        values[i] = DEFAULT.value(knob);
      }
    }
    return of(values);
  }

  private static HakmemConfig of(long[] v) {
    return new HakmemConfig(
        (int) v[0],
        (int) v[1],
        (int) v[2],
        (int) v[3],
        v[4],
        v[5],
        (int) v[6],
        (int) v[7],
        v[8],
        v[9],
        v[10],
        v[11],
        v[12],
        v[13],
        SOURCES.get((int) v[14]),
        HARDENINGS.get((int) v[15]),
        v[16],
        (int) v[17]);
  }

  /** The value of the component that a knob stands for; for words, their number from 0 on. */
  public long value(Knob knob) {
    for (RecordComponent component : HakmemConfig.class.getRecordComponents()) {
      if (component.getName().equals(knob.component())) {
        try {
          Object value = component.getAccessor().invoke(this);
          return switch (value) {
            case Os source -> SOURCES.indexOf(source);
            case Hardening mode -> HARDENINGS.indexOf(mode);
            default -> ((Number) value).longValue();
          };
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    throw new IllegalArgumentException("no such knob: " + knob.component());
  }

  /** The value of a knob as a property would have it. */
  public String text(Knob knob) {
    long value = value(knob);
    return knob.words().isEmpty() ? Long.toString(value) : knob.words().get((int) value);
  }

  /** This configuration with another value for one knob, named by its component. */
  public HakmemConfig with(String component, long value) {
    long[] values = new long[KNOBS.size()];
    boolean found = false;
    for (int i = 0; i < values.length; i++) {
      boolean wanted = KNOBS.get(i).component().equals(component);
      values[i] =
          wanted ? inRange(KNOBS.get(i), KNOBS.get(i).property(), value) : value(KNOBS.get(i));
      found |= wanted;
    }
    if (!found) {
      throw new IllegalArgumentException("no such knob: " + component);
    }
    return of(values);
  }

  /** A copy with another {@link #tinyFastCap()}. */
  public HakmemConfig withTinyFastCap(int blocks) {
    return with("tinyFastCap", blocks);
  }

  /** A copy with another {@link #tinySllDrainInterval()}. */
  public HakmemConfig withTinySllDrainInterval(int blocks) {
    return with("tinySllDrainInterval", blocks);
  }

  /** A copy with another {@link #tinyRefillCountHot()}. */
  public HakmemConfig withTinyRefillCountHot(int blocks) {
    return with("tinyRefillCountHot", blocks);
  }

  /** A copy with another {@link #tinyRefillCountMid()}. */
  public HakmemConfig withTinyRefillCountMid(int blocks) {
    return with("tinyRefillCountMid", blocks);
  }

  /** A copy with another {@link #frontCacheBytes()}. */
  public HakmemConfig withFrontCacheBytes(long bytes) {
    return with("frontCacheBytes", bytes);
  }

  /** A copy with another {@link #largeCacheBytes()}. */
  public HakmemConfig withLargeCacheBytes(long bytes) {
    return with("largeCacheBytes", bytes);
  }

  /** A copy with another {@link #ace()}. */
  public HakmemConfig withAce(boolean adapt) {
    return with("ace", adapt ? 1 : 0);
  }

  /** A copy with another {@link #frontStats()}. */
  public HakmemConfig withFrontStats(boolean print) {
    return with("frontStats", print ? 1 : 0);
  }

  /** A copy with another {@link #recordBytes()}. */
  public HakmemConfig withRecordBytes(long bytes) {
    return with("recordBytes", bytes);
  }

  /** A copy with another {@link #profileIntervalBytes()}. */
  public HakmemConfig withProfileIntervalBytes(long bytes) {
    return with("profileIntervalBytes", bytes);
  }

  /** A copy with another {@link #purgeDelayMillis()}. */
  public HakmemConfig withPurgeDelayMillis(long millis) {
    return with("purgeDelayMillis", millis);
  }

  /** A copy with another {@link #limitBytes()}. */
  public HakmemConfig withLimitBytes(long bytes) {
    return with("limitBytes", bytes);
  }

  /** A copy with another {@link #softLimitBytes()}. */
  public HakmemConfig withSoftLimitBytes(long bytes) {
    return with("softLimitBytes", bytes);
  }

  /** A copy with another {@link #regionBytes()}. */
  public HakmemConfig withRegionBytes(long bytes) {
    return with("regionBytes", bytes);
  }

  /** A copy with another {@link #os()}. */
  public HakmemConfig withOs(Os source) {
    return with("os", SOURCES.indexOf(source));
  }

  /** A copy with another {@link #hardening()}. */
  public HakmemConfig withHardening(Hardening mode) {
    return with("hardening", HARDENINGS.indexOf(mode));
  }

  /** A copy with another {@link #quarantineBytes()}. */
  public HakmemConfig withQuarantineBytes(long bytes) {
    return with("quarantineBytes", bytes);
  }

  /** A copy with another {@link #guardsSampleEvery()}. */
  public HakmemConfig withGuardsSampleEvery(int allocations) {
    return with("guardsSampleEvery", allocations);
  }

  /** Dots and humps of a property's name become underscores in the environment. */
  private static Knob knob(
      String component, String property, String unit, long min, long max, String meaning) {
    return new Knob(component, property, environment(property), unit, min, max, List.of(), meaning);
  }

  private static Knob words(
      String component, String property, List<? extends Enum<?>> values, String meaning) {
    List<String> words = values.stream().map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
    return new Knob(
        component, property, environment(property), "word", 0, words.size() - 1, words, meaning);
  }

  private static String environment(String property) {
    return property
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .replace('.', '_')
        .toUpperCase(Locale.ROOT);
  }

  private static void check(String component, long value) {
    for (Knob knob : KNOBS) {
      if (knob.component().equals(component)) {
        inRange(knob, knob.property(), value);
      }
    }
  }

  private static long inRange(Knob knob, String name, long value) {
    if (!allows(knob, value)) {
      throw outOfRange(knob, name, Long.toString(value));
    }
    return value;
  }

  private static boolean allows(Knob knob, long value) {
    return value >= knob.min()
        && value <= knob.max()
        && (!knob.unit().equals(BYTES_POWER_OF_TWO) || isRegionSize(value));
  }

  private static boolean isRegionSize(long value) {
    return value == 0 || (value >= Reservation.MIN_REGION_BYTES && Bits.isPowerOfTwo(value));
  }

  private static long parse(Knob knob, String name, String text) {
    String digits = text.strip().toLowerCase(Locale.ROOT);
    if (knob.words().contains(digits)) {
      return knob.words().indexOf(digits);
    }
    int shift = 0;
    if (!digits.isEmpty() && knob.unit().startsWith("bytes")) {
      shift = 10 * (1 + "kmg".indexOf(digits.charAt(digits.length() - 1)));
    }
    try {
      String number = shift == 0 ? digits : digits.substring(0, digits.length() - 1);
      long value = Math.multiplyExact(Long.parseLong(number), 1L << shift);
      if (allows(knob, value) && knob.words().isEmpty()) {
        return value;
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Not a number that fits: the same message as for one out of range.
      throw outOfRange(knob, name, text);
    }
    throw outOfRange(knob, name, text);
  }

  private static IllegalArgumentException outOfRange(Knob knob, String name, String value) {
    return new IllegalArgumentException(
        name + " is " + value + "; it takes " + knob.range() + " (" + knob.unit() + ")");
  }
}
