// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import io.hakmem.lab.subject.Peak;
import io.hakmem.lab.subject.RawMemory;
import io.hakmem.lab.subject.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * burst-idle. Origin: our own; whether memory comes back after a burst while nobody allocates.
 * Allocates, writes every byte, frees in the order of allocation. Twin: burst_idle.c.
 */
public final class BurstIdle implements IdleWorkload {
  static final String NAME = "burst-idle";
  static final String USAGE = "[bytes=1073741824 size=256 | bytes FILE.trace.gz...]";

  private static final byte FILL = 0x5A;
  private static final int MAX_BLOCKS = 1 << 28;

  private final long bytes;
  private final RequestSizes sizes;
  private final int count;
  private final long total;
  private final long[] slots;

  private BurstIdle(long bytes, RequestSizes sizes, int count) {
    this.bytes = bytes;
    this.sizes = sizes;
    this.count = count;
    total = sizes.sum(count);
    slots = new long[count];
  }

  static Workload parse(List<String> given) {
    boolean ofTraces = given.size() > 1 && !isNumber(given.get(1));
    return parse(
        given,
        ofTraces
            ? RequestSizes.ofTraces(given.stream().skip(1).map(Path::of).toList())
            : sizeIn(given));
  }

  /** The same for a child process, which reads the packed form of the sizes. */
  static Workload parseInChild(List<String> given) {
    String size = given.get(1);
    return parse(given, isNumber(size) ? sizeIn(given) : RequestSizes.ofPacked(Path.of(size)));
  }

  private static Workload parse(List<String> given, RequestSizes sizes) {
    Arguments arguments = new Arguments(NAME, USAGE, given, Integer.MAX_VALUE);
    long bytes = arguments.number(0, "bytes", 1L << 30, 1, Long.MAX_VALUE);
    long count = sizes.countFor(bytes, MAX_BLOCKS + 1L);
    if (count > MAX_BLOCKS) {
      throw new UsageException(NAME + ": " + bytes + " bytes are more than 2^28 blocks");
    }
    return new BurstIdle(bytes, sizes, (int) count);
  }

  private static RequestSizes sizeIn(List<String> given) {
    Arguments arguments = new Arguments(NAME, USAGE, given, 2);
    return RequestSizes.of((int) arguments.number(1, "size", 256, 1, Integer.MAX_VALUE));
  }

  private static boolean isNumber(String text) {
    return text.matches("-?\\d+");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<String> arguments() {
    List<String> arguments = new ArrayList<>(List.of("" + bytes));
    arguments.addAll(sizes.shown());
    return List.copyOf(arguments);
  }

  @Override
  public List<String> childArguments() {
    return List.of("" + bytes, sizes.forChild());
  }

  @Override
  public long operations() {
    return count;
  }

  @Override
  public void fill(Subject subject) {
    for (int n = 0, i = 0; n < count; n++) {
      long size = sizes.get(i);
      slots[n] = subject.allocate(n, size);
      RawMemory.fill(slots[n], size, FILL);
      i = i + 1 == sizes.length() ? 0 : i + 1;
    }
  }

  @Override
  public long release(Subject subject) {
    for (int n = 0; n < count; n++) {
      subject.free(n, slots[n]);
    }
    return total;
  }

  @Override
  public void clear(Subject subject) {}

  @Override
  public List<Integer> sampleMillis() {
    return List.of(100, 1000, 5000);
  }

  @Override
  public Workload first(long operations) {
    return new BurstIdle(bytes, sizes, (int) Math.min(count, operations));
  }

  @Override
  public Optional<Peak> peak() {
    return Optional.of(new Peak(count, total));
  }
}
