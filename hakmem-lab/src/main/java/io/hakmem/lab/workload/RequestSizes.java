// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.workload;

import io.hakmem.lab.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The sizes that a workload asks for, one after the other and then from the start again: one size,
 * or all that recorded programs asked for.
 */
final class RequestSizes {
  private final int[] sizes; // unsigned
  private final List<String> shown;
  private final String forChild;

  private RequestSizes(int[] sizes, List<String> shown, String forChild) {
    this.sizes = sizes;
    this.shown = shown;
    this.forChild = forChild;
  }

  static RequestSizes of(int size) {
    return new RequestSizes(new int[] {size}, List.of("" + size), "" + size);
  }

  /** The requests of recorded traces, one of each in turn as long as there are some. */
  static RequestSizes ofTraces(List<Path> traces) {
    List<int[]> each = traces.stream().map(trace -> requests(TraceReader.read(trace))).toList();
    int[] sizes = interleaved(each);
    if (sizes.length == 0) {
      throw new UsageException("nothing is allocated in " + traces);
    }
    return new RequestSizes(
        sizes, traces.stream().map(Path::toString).toList(), pack(sizes).toString());
  }

  /** Reads what {@link #ofTraces} wrote: sizes of 32 bits in the machine's byte order. */
  static RequestSizes ofPacked(Path file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
      int[] sizes = new int[bytes.remaining() / Integer.BYTES];
      bytes.asIntBuffer().get(sizes);
      return new RequestSizes(sizes, List.of(file.toString()), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** As the user gave them. */
  List<String> shown() {
    return shown;
  }

  /** As a child process is given them: the size, or the file that {@link #ofPacked} reads. */
  String forChild() {
    return forChild;
  }

  /** How many sizes there are before they repeat. */
  int length() {
    return sizes.length;
  }

  /** The size at an index below the length. */
  long get(int index) {
    return Integer.toUnsignedLong(sizes[index]);
  }

  /** How many sizes it takes to reach a sum; no more than {@code most} are counted. */
  long countFor(long bytes, long most) {
    long sum = 0;
    long count = 0;
    while (sum < bytes && count < most) {
      sum += get((int) (count++ % sizes.length));
    }
    return count;
  }

  /** Sum of the first sizes. */
  long sum(int count) {
    long sum = 0;
    for (int n = 0; n < count; n++) {
      sum += get(n % sizes.length);
    }
    return sum;
  }

  private static int[] requests(Trace trace) {
    return Arrays.stream(trace.events())
        .filter(event -> Trace.op(event) != Trace.FREE)
        .mapToInt(event -> (int) Trace.size(event))
        .toArray();
  }

  private static int[] interleaved(List<int[]> each) {
    int[] all = new int[each.stream().mapToInt(sizes -> sizes.length).sum()];
    int longest = each.stream().mapToInt(sizes -> sizes.length).max().orElse(0);
    int count = 0;
    for (int n = 0; n < longest; n++) {
      for (int[] sizes : each) {
        if (n < sizes.length) {
          all[count++] = sizes[n];
        }
      }
    }
    return all;
  }

  private static Path pack(int[] sizes) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(sizes.length, Integer.BYTES))
            .order(ByteOrder.nativeOrder());
    bytes.asIntBuffer().put(sizes);
    try {
      Path file = Files.createTempFile("hakmem-sizes", ".packed");
      file.toFile().deleteOnExit();
      return Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the sizes for the child processes", e);
    }
  }
}
