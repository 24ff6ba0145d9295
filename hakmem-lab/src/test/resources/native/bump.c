// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// An allocator for tests: hands out fresh memory, never takes any back. PREFIX is put in front of
// its functions' names; with INITIALISED it insists on being initialised, process and threads.

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define NAMED(name) JOIN(PREFIX, name)

#ifdef INITIALISED
static int initialised;
static _Thread_local int thread_initialised;
int NAMED(malloc_initialize)(const void *unused) {
  (void)unused;
  initialised = thread_initialised = 1;
  return 0;
}
void NAMED(malloc_thread_initialize)(void) { thread_initialised = 1; }
void NAMED(malloc_thread_finalize)(int release) { thread_initialised = !release; }
#define REQUIRE_INITIALISED() \
  if (!initialised || !thread_initialised) abort()
#else
#define REQUIRE_INITIALISED()
#endif

#define HEADER 16
static char *memory;
static size_t used;

static void *bump(size_t size, size_t alignment) {
  static const size_t most = (size_t)1 << 32;
  REQUIRE_INITIALISED();
  if (!memory) {
    memory = mmap(NULL, most, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  }
  if (alignment < HEADER) alignment = HEADER;
  // More than is needed, so that two threads never compute the same block.
  size_t room = size + alignment + HEADER;
  size_t start = __atomic_fetch_add(&used, room, __ATOMIC_RELAXED);
  uintptr_t block = ((uintptr_t)memory + start + HEADER + alignment - 1) & ~(alignment - 1);
  memcpy((char *)block - HEADER, &size, sizeof size);
  return (void *)block;
}

void *NAMED(malloc)(size_t size) { return bump(size, HEADER); }
void NAMED(free)(void *block) {
  (void)block;
  REQUIRE_INITIALISED();
}
void *NAMED(calloc)(size_t count, size_t size) { return bump(count * size, HEADER); }
void *NAMED(realloc)(void *block, size_t size) {
  void *moved = bump(size, HEADER);
  if (block) {
    size_t old;
    memcpy(&old, (char *)block - HEADER, sizeof old);
    memcpy(moved, block, old < size ? old : size);
  }
  return moved;
}
int NAMED(posix_memalign)(void **block, size_t alignment, size_t size) {
  *block = bump(size, alignment);
  return 0;
}
