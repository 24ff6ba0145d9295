// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// cfrac: factors a number by the continued fraction of its square root; every intermediate number is
// a block of its own. The program of that name in the allocator literature, written anew. Twin of
// Cfrac.java, which says how it works.

#include <string.h>

#include "bignum.h"
#include "harness.h"

#define MORE_RELATIONS 32
#define MORE_NUMBERS 64

static const char *digits;
static uint32_t prime_count, most_relations, row_words, all_words;
static uint64_t most_steps = UINT64_MAX, steps;

static struct bignum *number, *root, *p, *before_q, *before_a, *q, *a;

static struct bignum **roots;  // of the relations found so far
static uint32_t *primes, *exponents, *sums, count;
static uint64_t *rows;   // sign and exponents modulo 2, reduced, and which relations went in
static int32_t *pivots;  // row by column; -1: none

static void prepare(char **arguments, int given) {
  (void)given;
  digits = arguments[0];
  prime_count = (uint32_t)number_argument(arguments[1]);
  most_relations = prime_count + MORE_RELATIONS;
  row_words = (prime_count + 64) / 64;
  all_words = row_words + (most_relations + 63) / 64;
  primes = map_touched(prime_count * sizeof *primes);
  sums = map_touched(prime_count * sizeof *sums);
  roots = map_touched(most_relations * sizeof *roots);
  exponents = map_touched((size_t)most_relations * prime_count * sizeof *exponents);
  rows = map_touched((size_t)most_relations * all_words * sizeof *rows);
  pivots = map_touched((prime_count + 1) * sizeof *pivots);
  big_prepare(most_relations + MORE_NUMBERS);
}

// ---- the continued fraction

// Newton's iteration, from above.
static struct bignum *square_root(void) {
  struct bignum *two = big_of(2), *x = big_keep(number);
  for (;;) {
    struct bignum *quotient = big_quotient(number, x);
    struct bignum *sum = big_add(x, quotient);
    struct bignum *next = big_quotient(sum, two);
    big_drop(quotient);
    big_drop(sum);
    if (big_compare(next, x) >= 0) {
      big_drop(next);
      big_drop(two);
      return x;
    }
    big_drop(x);
    x = next;
  }
}

static void begin(void) {
  number = big_of_digits(digits);
  root = square_root();
  p = big_keep(root);
  before_q = big_of(1);
  before_a = big_of(1);
  struct bignum *square = big_multiply(root, root);
  q = big_subtract(number, square);
  big_drop(square);
  a = big_keep(root);
}

// The one before last plus b times the difference of p, which may be negative.
static struct bignum *next_q(const struct bignum *b, const struct bignum *next_p) {
  int falls = big_compare(p, next_p) >= 0;
  struct bignum *difference = falls ? big_subtract(p, next_p) : big_subtract(next_p, p);
  struct bignum *change = big_multiply(b, difference);
  struct bignum *next = falls ? big_add(before_q, change) : big_subtract(before_q, change);
  big_drop(difference);
  big_drop(change);
  return next;
}

static void advance(void) {
  struct bignum *sum = big_add(root, p);
  struct bignum *b = big_quotient(sum, q);
  big_drop(sum);
  struct bignum *product = big_multiply(b, q);
  struct bignum *nextp = big_subtract(product, p);
  big_drop(product);
  struct bignum *nextq = next_q(b, nextp);
  product = big_multiply(b, a);
  sum = big_add(product, before_a);
  struct bignum *nexta = big_modulo(sum, number);
  big_drop(product);
  big_drop(sum);
  big_drop(b);
  big_drop(p);
  big_drop(before_q);
  big_drop(before_a);
  p = nextp;
  before_q = q;
  before_a = a;
  q = nextq;
  a = nexta;
}

// ---- the relations

static int is_prime(uint32_t candidate) {
  for (uint32_t i = 2; i * i <= candidate; i++) {
    if (candidate % i == 0) return 0;
  }
  return 1;
}

static int is_square(uint64_t value, uint32_t prime) {
  uint64_t power = 1;
  for (uint32_t exponent = (prime - 1) / 2; exponent; exponent >>= 1) {
    if (exponent & 1) power = power * value % prime;
    value = value * value % prime;
  }
  return power <= 1;
}

static void find_primes(void) {
  uint32_t n = 0, rest;
  for (uint32_t candidate = 2; n < prime_count; candidate++) {
    if (!is_prime(candidate)) continue;
    big_drop(big_divide_small(number, candidate, &rest));
    if (candidate == 2 || is_square(rest, candidate)) primes[n++] = candidate;
  }
}

static int is_smooth(uint32_t *powers) {
  memset(powers, 0, prime_count * sizeof *powers);
  struct bignum *rest = big_keep(q);
  for (uint32_t i = 0; i < prime_count && !big_is_one(rest); i++) {
    uint32_t remainder;
    struct bignum *quotient = big_divide_small(rest, primes[i], &remainder);
    while (remainder == 0) {
      powers[i]++;
      big_drop(rest);
      rest = quotient;
      quotient = big_divide_small(rest, primes[i], &remainder);
    }
    big_drop(quotient);
  }
  int smooth = big_is_one(rest);
  big_drop(rest);
  return smooth;
}

// Eliminates by the rows before; the first column that is left, or -1.
static int32_t reduce(uint64_t *row) {
  for (uint32_t column = 0; column <= prime_count; column++) {
    if (!(row[column / 64] >> column % 64 & 1)) continue;
    if (pivots[column] < 0) return (int32_t)column;
    const uint64_t *other = rows + (size_t)pivots[column] * all_words;
    for (uint32_t i = 0; i < all_words; i++) row[i] ^= other[i];
  }
  return -1;
}

// The product modulo the number; drops the first.
static struct bignum *times(struct bignum *value, const struct bignum *other) {
  struct bignum *product = big_multiply(value, other);
  struct bignum *reduced = big_modulo(product, number);
  big_drop(product);
  big_drop(value);
  return reduced;
}

// With the number; drops the value.
static struct bignum *common_divisor(struct bignum *value) {
  struct bignum *x = big_keep(number), *y = value;
  while (y->length) {
    struct bignum *rest = big_modulo(x, y);
    big_drop(x);
    x = y;
    y = rest;
  }
  big_drop(y);
  return x;
}

// The lowest bits of a factor, if the relations of the row give one; else 0.
static uint64_t factor_of(const uint64_t *row) {
  memset(sums, 0, prime_count * sizeof *sums);
  struct bignum *left = big_of(1);
  for (uint32_t n = 0; n < count; n++) {
    if (!(row[row_words + n / 64] >> n % 64 & 1)) continue;
    left = times(left, roots[n]);
    for (uint32_t i = 0; i < prime_count; i++) sums[i] += exponents[(size_t)n * prime_count + i];
  }
  struct bignum *right = big_of(1);
  for (uint32_t i = 0; i < prime_count; i++) {
    struct bignum *prime = big_of(primes[i]);
    for (uint32_t n = sums[i] / 2; n > 0; n--) right = times(right, prime);
    big_drop(prime);
  }
  int greater = big_compare(left, right) >= 0;
  struct bignum *difference = greater ? big_subtract(left, right) : big_subtract(right, left);
  big_drop(left);
  big_drop(right);
  struct bignum *divisor = common_divisor(difference);
  int trivial = big_is_one(divisor) || big_compare(divisor, number) == 0;
  uint64_t found = trivial ? 0 : big_low_bits(divisor);
  big_drop(divisor);
  return found;
}

// Takes the square of a, which is q or -q, if q is smooth; returns a factor or 0.
static uint64_t offer(int negative) {
  uint32_t *powers = exponents + (size_t)count * prime_count;
  if (!is_smooth(powers)) return 0;
  uint64_t *row = rows + (size_t)count * all_words;
  memset(row, 0, all_words * sizeof *row);
  row[0] = (uint64_t)negative;
  for (uint32_t i = 0; i < prime_count; i++) {
    row[(i + 1) / 64] ^= (uint64_t)(powers[i] & 1) << (i + 1) % 64;
  }
  row[row_words + count / 64] |= (uint64_t)1 << count % 64;
  roots[count++] = big_keep(a);
  int32_t column = reduce(row);
  if (column >= 0) {
    pivots[column] = (int32_t)count - 1;
    return 0;
  }
  uint64_t found = factor_of(row);
  if (!found && count == most_relations) fail("no factor found", "cfrac");
  return found;
}

static uint64_t pass(void) {
  uint64_t start = now_nanos(), factor = 0;
  begin();
  find_primes();
  for (uint32_t i = 0; i <= prime_count; i++) pivots[i] = -1;
  count = 0;
  for (steps = 0; !factor && steps < most_steps; steps++) {
    factor = offer((steps & 1) == 0);
    advance();
  }
  while (count > 0) big_drop(roots[--count]);
  struct bignum *all[] = {number, root, p, before_q, before_a, q, a};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) big_drop(all[i]);
  uint64_t nanos = now_nanos() - start;
  report("factor", factor);
  return nanos;
}

static uint64_t operations(void) { return steps; }

static void limit(uint64_t most) { most_steps = most < most_steps ? most : most_steps; }

const struct workload cfrac = {"cfrac", prepare, pass, operations, limit, 0};
