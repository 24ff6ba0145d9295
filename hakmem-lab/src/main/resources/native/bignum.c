// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Twin of Bignums.java.

#include "bignum.h"

#include "harness.h"

static uint32_t *free_slots;  // a stack
static uint32_t free_slot_count;

void big_prepare(uint32_t most) {
  free_slots = map_touched(most * sizeof *free_slots);
  for (uint32_t i = 0; i < most; i++) free_slots[i] = most - 1 - i;
  free_slot_count = most;
  probe_slots(most);
}

static struct bignum *make(uint32_t length) {
  uint32_t slot = free_slots[--free_slot_count];
  struct bignum *number = ALLOCATE(slot, sizeof *number + length * sizeof(uint32_t));
  if (!number) fail("out of memory", "cfrac");
  number->references = 1;
  number->slot = slot;
  number->length = length;
  return number;
}

static struct bignum *trimmed(struct bignum *number) {
  while (number->length && !number->limbs[number->length - 1]) number->length--;
  return number;
}

struct bignum *big_of(uint64_t value) {
  struct bignum *number = make(2);
  number->limbs[0] = (uint32_t)value;
  number->limbs[1] = (uint32_t)(value >> 32);
  return trimmed(number);
}

struct bignum *big_of_digits(const char *digits) {
  struct bignum *number = big_of(0), *ten = big_of(10);
  for (; *digits; digits++) {
    struct bignum *tenfold = big_multiply(number, ten);
    struct bignum *digit = big_of((uint64_t)(*digits - '0'));
    big_drop(number);
    number = big_add(tenfold, digit);
    big_drop(tenfold);
    big_drop(digit);
  }
  big_drop(ten);
  return number;
}

struct bignum *big_keep(struct bignum *number) {
  number->references++;
  return number;
}

void big_drop(struct bignum *number) {
  if (--number->references) return;
  uint32_t slot = number->slot;
  free_slots[free_slot_count++] = slot;
  FREE(slot, number);
}

int big_is_one(const struct bignum *number) { return number->length == 1 && number->limbs[0] == 1; }

uint64_t big_low_bits(const struct bignum *number) {
  uint64_t low = number->length > 0 ? number->limbs[0] : 0;
  return number->length > 1 ? low | (uint64_t)number->limbs[1] << 32 : low;
}

int big_compare(const struct bignum *a, const struct bignum *b) {
  if (a->length != b->length) return a->length < b->length ? -1 : 1;
  for (uint32_t i = a->length; i-- > 0;) {
    if (a->limbs[i] != b->limbs[i]) return a->limbs[i] < b->limbs[i] ? -1 : 1;
  }
  return 0;
}

struct bignum *big_add(const struct bignum *a, const struct bignum *b) {
  uint32_t most = a->length > b->length ? a->length : b->length;
  struct bignum *sum = make(most + 1);
  uint64_t carry = 0;
  for (uint32_t i = 0; i < most; i++) {
    carry += (uint64_t)(i < a->length ? a->limbs[i] : 0) + (i < b->length ? b->limbs[i] : 0);
    sum->limbs[i] = (uint32_t)carry;
    carry >>= 32;
  }
  sum->limbs[most] = (uint32_t)carry;
  return trimmed(sum);
}

struct bignum *big_subtract(const struct bignum *a, const struct bignum *b) {
  struct bignum *difference = make(a->length);
  int64_t borrow = 0;
  for (uint32_t i = 0; i < a->length; i++) {
    int64_t limb = (int64_t)a->limbs[i] - (i < b->length ? b->limbs[i] : 0) - borrow;
    difference->limbs[i] = (uint32_t)limb;
    borrow = limb < 0;
  }
  return trimmed(difference);
}

struct bignum *big_multiply(const struct bignum *a, const struct bignum *b) {
  struct bignum *product = make(a->length + b->length);
  for (uint32_t i = 0; i < b->length; i++) product->limbs[i] = 0;
  for (uint32_t i = 0; i < a->length; i++) {
    uint64_t carry = 0;
    for (uint32_t j = 0; j < b->length; j++) {
      carry += (uint64_t)a->limbs[i] * b->limbs[j] + product->limbs[i + j];
      product->limbs[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    product->limbs[i + b->length] = (uint32_t)carry;
  }
  return trimmed(product);
}

struct bignum *big_divide_small(const struct bignum *a, uint32_t divisor, uint32_t *remainder) {
  struct bignum *quotient = make(a->length);
  uint64_t rest = 0;
  for (uint32_t i = a->length; i-- > 0;) {
    rest = rest << 32 | a->limbs[i];
    quotient->limbs[i] = (uint32_t)(rest / divisor);
    rest %= divisor;
  }
  *remainder = (uint32_t)rest;
  return trimmed(quotient);
}

// Of that length, the highest limb may be 0.
static struct bignum *shifted_left(const struct bignum *number, uint32_t shift, uint32_t length) {
  struct bignum *shifted = make(length);
  uint64_t carry = 0;
  for (uint32_t i = 0; i < length; i++) {
    carry |= (uint64_t)(i < number->length ? number->limbs[i] : 0) << shift;
    shifted->limbs[i] = (uint32_t)carry;
    carry >>= 32;
  }
  return shifted;
}

// Of the lowest limbs.
static struct bignum *shifted_right(const struct bignum *number, uint32_t shift, uint32_t length) {
  struct bignum *shifted = make(length);
  for (uint32_t i = 0; i < length; i++) {
    uint64_t next = i + 1 < length ? number->limbs[i + 1] : 0;
    shifted->limbs[i] = (uint32_t)((number->limbs[i] | next << 32) >> shift);
  }
  return trimmed(shifted);
}

// One digit of the quotient, subtracted from u.
static uint32_t digit(uint32_t *u, const uint32_t *v, uint32_t n) {
  uint64_t top = (uint64_t)u[n] << 32 | u[n - 1];
  uint64_t guess = top / v[n - 1];
  uint64_t rest = top - guess * v[n - 1];
  while (guess > UINT32_MAX || guess * v[n - 2] > (rest << 32 | u[n - 2])) {
    guess--;
    rest += v[n - 1];
    if (rest > UINT32_MAX) break;
  }
  int64_t borrow = 0;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t product = guess * v[i];
    int64_t limb = (int64_t)u[i] - borrow - (int64_t)(product & UINT32_MAX);
    u[i] = (uint32_t)limb;
    borrow = (int64_t)(product >> 32) - (limb >> 32);
  }
  int64_t limb = (int64_t)u[n] - borrow;
  u[n] = (uint32_t)limb;
  if (limb >= 0) return (uint32_t)guess;
  uint64_t carry = 0;
  for (uint32_t i = 0; i < n; i++) {
    carry += (uint64_t)u[i] + v[i];
    u[i] = (uint32_t)carry;
    carry >>= 32;
  }
  u[n] += (uint32_t)carry;
  return (uint32_t)guess - 1;
}

// Long division, as in Knuth, 4.3.1.
static struct bignum *divide(struct bignum *a, const struct bignum *b, struct bignum **remainder) {
  uint32_t n = b->length;
  if (big_compare(a, b) < 0) {
    *remainder = big_keep(a);
    return big_of(0);
  }
  if (n == 1) {  // the estimate of a digit needs two limbs
    uint32_t rest;
    struct bignum *quotient = big_divide_small(a, b->limbs[0], &rest);
    *remainder = big_of(rest);
    return quotient;
  }
  uint32_t shift = (uint32_t)__builtin_clz(b->limbs[n - 1]);
  struct bignum *u = shifted_left(a, shift, a->length + 1), *v = shifted_left(b, shift, n);
  uint32_t m = a->length - n;
  struct bignum *quotient = make(m + 1);
  for (uint32_t j = m + 1; j-- > 0;) quotient->limbs[j] = digit(u->limbs + j, v->limbs, n);
  *remainder = shifted_right(u, shift, n);
  big_drop(u);
  big_drop(v);
  return trimmed(quotient);
}

struct bignum *big_quotient(struct bignum *a, const struct bignum *b) {
  struct bignum *remainder, *quotient = divide(a, b, &remainder);
  big_drop(remainder);
  return quotient;
}

struct bignum *big_modulo(struct bignum *a, const struct bignum *b) {
  struct bignum *remainder, *quotient = divide(a, b, &remainder);
  big_drop(quotient);
  return remainder;
}
