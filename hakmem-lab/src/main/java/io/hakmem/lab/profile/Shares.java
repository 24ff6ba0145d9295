// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.profile;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Adds samples up; every share is in percent of all samples unless it says otherwise. */
final class Shares {
  private static final Pattern CLASSIFICATION =
      Pattern.compile(
          "io\\.hakmem\\.(superslab\\.(Region|PageMap|LiveMap|PoolLiveMap)|front\\.Classifier)\\..*");
  private static final Pattern REFILL =
      Pattern.compile("io\\.hakmem\\.(depot\\.Depot\\.refill|slab\\.SlabPool\\.).*");
  private static final Pattern DRAIN =
      Pattern.compile("io\\.hakmem\\.(front\\.Drain\\.|depot\\.Depot\\.give).*");

  /** The first that fits counts: a page is zeroed and charged inside a fault. */
  private static final Map<String, Pattern> KERNEL = new LinkedHashMap<>();

  static {
    KERNEL.put("zeroing", Pattern.compile("clear_(huge_)?page.*|.*zero_user.*"));
    KERNEL.put("cgroup", Pattern.compile(".*(mem_cgroup|memcg).*"));
    KERNEL.put("mmap", Pattern.compile(".*sys_mmap.*"));
    KERNEL.put("munmap", Pattern.compile(".*sys_munmap.*"));
    KERNEL.put("madvise", Pattern.compile(".*sys_madvise.*"));
    KERNEL.put("mprotect", Pattern.compile(".*sys_mprotect.*"));
    KERNEL.put("page faults", Pattern.compile(".*(page_fault|handle_mm_fault).*"));
    KERNEL.put("timers and scheduling", Pattern.compile(".*(timer|irq|sched|futex).*"));
  }

  private final List<Stack> stacks;
  private final long total;

  Shares(List<Stack> stacks) {
    this.stacks = stacks;
    total = stacks.stream().mapToLong(Stack::samples).sum();
  }

  long total() {
    return total;
  }

  double of(Predicate<Stack> which) {
    return percent(stacks.stream().filter(which).mapToLong(Stack::samples).sum());
  }

  private double percent(long samples) {
    return total == 0 ? 0 : 100.0 * samples / total;
  }

  double allocPath() {
    return of(stack -> stack.entry().matches("(try)?[aA]llocate.*"));
  }

  double freePath() {
    return of(stack -> stack.entry().startsWith("free"));
  }

  double allocator() {
    return of(Stack::inAllocator);
  }

  double classification() {
    return of(stack -> CLASSIFICATION.matcher(stack.innermost()).matches());
  }

  double refill() {
    return of(stack -> stack.has(frame -> REFILL.matcher(frame).matches()));
  }

  double drain() {
    return of(stack -> stack.has(frame -> DRAIN.matcher(frame).matches()));
  }

  double kernel() {
    return of(Stack::endsInKernel);
  }

  /** The kernel's share by what it does. */
  Map<String, Double> kernelParts() {
    Map<String, Long> parts = new LinkedHashMap<>();
    KERNEL.keySet().forEach(part -> parts.put(part, 0L));
    parts.put("other", 0L);
    stacks.stream()
        .filter(Stack::endsInKernel)
        .forEach(stack -> parts.merge(part(stack), stack.samples(), Long::sum));
    Map<String, Double> shares = new LinkedHashMap<>();
    parts.forEach((part, samples) -> shares.put(part, percent(samples)));
    return shares;
  }

  private static String part(Stack stack) {
    return KERNEL.entrySet().stream()
        .filter(part -> stack.has(frame -> part.getValue().matcher(Stack.name(frame)).matches()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("other");
  }

  /** Frames that time is put down to, the most first. */
  Map<String, Double> functions(int count) {
    return largest(stack -> stack.frames().get(stack.top()), stacks, count);
  }

  /** Chains of callers of a frame that time is put down to, the most first. */
  Map<String, Double> callers(String frame, int depth, int count) {
    List<Stack> ends =
        stacks.stream().filter(stack -> stack.frames().get(stack.top()).equals(frame)).toList();
    return largest(
        stack ->
            stack
                .frames()
                .subList(Math.max(0, stack.top() - depth), stack.top() + 1)
                .reversed()
                .stream()
                .map(Stack::name)
                .collect(Collectors.joining(" < ")),
        ends,
        count);
  }

  /** The function that was compiled by itself and that most samples were in, inlined or not. */
  Optional<String> hottestCompiled() {
    List<Stack> inCode = stacks.stream().filter(stack -> stack.compiled().isPresent()).toList();
    return largest(stack -> stack.compiled().orElseThrow(), inCode, 1).keySet().stream()
        .findFirst();
  }

  private Map<String, Double> largest(Function<Stack, String> key, List<Stack> of, int count) {
    Map<String, Long> samples =
        of.stream().collect(Collectors.groupingBy(key, Collectors.summingLong(Stack::samples)));
    Map<String, Double> largest = new LinkedHashMap<>();
    samples.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(count)
        .forEach(entry -> largest.put(entry.getKey(), percent(entry.getValue())));
    return largest;
  }
}
