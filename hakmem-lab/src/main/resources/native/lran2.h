// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// The random numbers of larson and xmalloc-test: a congruential generator, shuffled. Twin of
// Lran2.java.

#ifndef HAKMEM_LAB_LRAN2_H
#define HAKMEM_LAB_LRAN2_H

#include <stdint.h>
#include <stdlib.h>

#define LRAN2_SHUFFLED 97

struct lran2 {
  uint32_t x, y, shuffled[LRAN2_SHUFFLED];
};

static inline uint32_t lran2_step(uint32_t x) { return (1366 * x + 150889) % 714025; }

static inline void lran2_seed(struct lran2 *random, uint32_t seed) {
  uint32_t x = (uint32_t)llabs((150889 - (long long)seed) % 714025);
  for (int i = 0; i < LRAN2_SHUFFLED; i++) {
    x = lran2_step(x);
    random->shuffled[i] = x;
  }
  random->x = random->y = lran2_step(x);
}

// Draws a number from 0 to 714024.
static inline uint32_t lran2_next(struct lran2 *random) {
  uint32_t j = random->y % LRAN2_SHUFFLED;
  random->y = random->shuffled[j];
  random->x = lran2_step(random->x);
  random->shuffled[j] = random->x;
  return random->y;
}

#endif
