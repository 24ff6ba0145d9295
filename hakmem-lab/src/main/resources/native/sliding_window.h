// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// The blocks of one thread of sh6-like and sh8-like: a buffer of which a fifth stays when it is
// full, the next one each time; what lies below is freed in order, what lies above in reverse. Twin
// of SlidingWindow.java.

#ifndef HAKMEM_LAB_SLIDING_WINDOW_H
#define HAKMEM_LAB_SLIDING_WINDOW_H

#include "harness.h"

#define WINDOW_PARTS 5

struct window {
  _Alignas(128) char **blocks;
  uint32_t size, first_slot, next, kept, kept_from, kept_to;
};

static inline struct window *split_windows(uint32_t slots, uint32_t threads) {
  struct window *windows = map_touched(threads * sizeof *windows);
  for (uint32_t i = 0; i < threads; i++) {
    windows[i].size = slots / threads;
    windows[i].first_slot = i * windows[i].size;
    windows[i].blocks = map_touched(windows[i].size * sizeof(char *));
  }
  return windows;
}

static inline void window_free(struct window *window, uint32_t i) {
  FREE(window->first_slot + i, window->blocks[i]);
  window->blocks[i] = NULL;
}

static inline void window_slide(struct window *window) {
  uint32_t size = window->size;
  window->kept_from = (uint32_t)((uint64_t)window->kept * size / WINDOW_PARTS);
  window->kept_to = (uint32_t)((uint64_t)(window->kept + 1) * size / WINDOW_PARTS);
  for (uint32_t i = 0; i < window->kept_from; i++) window_free(window, i);
  for (uint32_t i = size; i-- > window->kept_to;) window_free(window, i);
  window->next = window->kept_from == 0 ? window->kept_to : 0;
  window->kept = (window->kept + 1) % WINDOW_PARTS;
}

static inline void window_allocate(struct window *window, uint32_t size) {
  if (window->next == window->kept_from) window->next = window->kept_to;
  if (window->next == window->size) window_slide(window);
  char *block = ALLOCATE(window->first_slot + window->next, size);
  if (!block) fail("out of memory", "sliding window");
  block[0] = (char)size;
  block[size - 1] = (char)size;
  window->blocks[window->next++] = block;
}

static inline void window_clear(struct window *window) {
  for (uint32_t i = 0; i < window->size; i++) {
    if (window->blocks[i]) window_free(window, i);
  }
  window->next = window->kept = window->kept_from = window->kept_to = 0;
}

#endif
