// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

// The functions under test where they are not called directly: a library that does not export
// malloc, or the null allocator.

#include <dlfcn.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

// One block of each thread, or else threads would be charged for the cache lines they share; threads
// that live one after the other may use the same. Large enough for what workloads write that do not
// need blocks of their own.
#define NULL_BLOCKS 64
static _Alignas(4096) char null_blocks[NULL_BLOCKS][1 << 18];
static atomic_uint null_threads;
static _Thread_local char *null_block = null_blocks[0];

static void null_thread_begin(void) {
  null_block = null_blocks[atomic_fetch_add(&null_threads, 1) % NULL_BLOCKS];
}

static void *null_allocate(size_t size) {
  (void)size;
  return null_block;
}

static void null_free(void *block) { (void)block; }

static void *null_allocate_zeroed(size_t count, size_t size) {
  (void)count;
  (void)size;
  return null_block;
}

static void *null_reallocate(void *block, size_t size) {
  (void)size;
  return block;
}

static int null_allocate_aligned(void **block, size_t alignment, size_t size) {
  (void)alignment;
  (void)size;
  *block = null_block;
  return 0;
}

struct allocator allocator = {malloc, free, calloc, realloc, posix_memalign, NULL, NULL};

static const struct allocator null_allocator = {
    null_allocate,         null_free,         null_allocate_zeroed, null_reallocate,
    null_allocate_aligned, null_thread_begin, NULL};

static void *symbol(void *library, const char *prefix, const char *name) {
  char full[128];
  snprintf(full, sizeof full, "%s%s", prefix, name);
  return dlsym(library, full);
}

static void *required(void *library, const char *prefix, const char *name) {
  void *found = symbol(library, prefix, name);
  if (!found) fail("the library lacks", name);
  return found;
}

// Looks the functions up as PREFIXmalloc, PREFIXfree and so on. rpmalloc wants to be initialised,
// process and threads, when it is called under its own names.
void use_library(const char *path, const char *prefix) {
  if (strcmp(path, "null") == 0) {
    allocator = null_allocator;
    return;
  }
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) fail("cannot load", dlerror());
  allocator.allocate = (void *(*)(size_t))required(library, prefix, "malloc");
  allocator.free = (void (*)(void *))required(library, prefix, "free");
  allocator.allocate_zeroed = (void *(*)(size_t, size_t))required(library, prefix, "calloc");
  allocator.reallocate = (void *(*)(void *, size_t))required(library, prefix, "realloc");
  allocator.allocate_aligned =
      (int (*)(void **, size_t, size_t))required(library, prefix, "posix_memalign");
  allocator.thread_begin = (void (*)(void))symbol(library, prefix, "malloc_thread_initialize");
  allocator.thread_end = (void (*)(int))symbol(library, prefix, "malloc_thread_finalize");
  int (*initialize)(const void *) =
      (int (*)(const void *))symbol(library, prefix, "malloc_initialize");
  if (initialize) initialize(NULL);
}

static void report_home(const char *key, void *function) {
  Dl_info info;
  char real[PATH_MAX];
  if (dladdr(function, &info) && realpath(info.dli_fname, real)) printf(" %s=%s", key, real);
}

// Prints where this process's malloc comes from; given a library, under which prefix it exports one.
// dlsym also finds what the library's dependencies export, so the home of each hit is compared.
void identify(const char *path) {
  printf("result");
  report_home("malloc", (void *)malloc);
  if (path) {
    static const char *const prefixes[] = {"je_", "mi_", "tc_", "rp"};
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) fail("cannot load", dlerror());
    char wanted[PATH_MAX], real[PATH_MAX];
    if (!realpath(path, wanted)) fail("cannot resolve", path);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
      Dl_info info;
      void *found = symbol(library, prefixes[i], "malloc");
      if (found && dladdr(found, &info) && realpath(info.dli_fname, real) &&
          strcmp(real, wanted) == 0) {
        printf(" prefix=%s", prefixes[i]);
        break;
      }
    }
  }
  printf("\n");
}
