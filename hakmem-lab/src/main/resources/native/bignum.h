// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// Numbers of any length that are not negative, each in a block of its own, which is freed when the
// last reference is dropped. Whoever is returned a number owns a reference. The highest limb is not
// 0; the number 0 has no limbs. Twin of Bignums.java.

#ifndef HAKMEM_LAB_BIGNUM_H
#define HAKMEM_LAB_BIGNUM_H

#include <stdint.h>

struct bignum {
  uint32_t references, slot, length;
  uint32_t limbs[];  // the least first
};

// Room for so many numbers at a time; before the first one.
void big_prepare(uint32_t most);
struct bignum *big_of(uint64_t value);
struct bignum *big_of_digits(const char *digits);
struct bignum *big_keep(struct bignum *number);
void big_drop(struct bignum *number);
int big_is_one(const struct bignum *number);
uint64_t big_low_bits(const struct bignum *number);
int big_compare(const struct bignum *a, const struct bignum *b);
struct bignum *big_add(const struct bignum *a, const struct bignum *b);
// The difference; b is not greater than a.
struct bignum *big_subtract(const struct bignum *a, const struct bignum *b);
struct bignum *big_multiply(const struct bignum *a, const struct bignum *b);
struct bignum *big_divide_small(const struct bignum *a, uint32_t divisor, uint32_t *remainder);
struct bignum *big_quotient(struct bignum *a, const struct bignum *b);
struct bignum *big_modulo(struct bignum *a, const struct bignum *b);

#endif
