// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.sample;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.hakmem.Hakmem;
import io.hakmem.NativeCallbacks;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;

/** SQLite with all its memory from hakmem: a database is made, filled, changed and checked. */
public final class SqliteSample {
  private static final int CONFIG_MALLOC = 4; // SQLITE_CONFIG_MALLOC
  private static final int ROW = 100; // SQLITE_ROW

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBRARY = open("libsqlite3.so.0", "libsqlite3-0");

  private SqliteSample() {}

  private static SymbolLookup open(String library, String debianPackage) {
    try {
      return SymbolLookup.libraryLookup(library, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "needs " + library + "; on Debian: apt-get install " + debianPackage, e);
    }
  }

  private static MethodHandle bind(
      String name, MemoryLayout result, MemoryLayout[] arguments, Linker.Option... options) {
    return LINKER.downcallHandle(
        LIBRARY.findOrThrow(name), FunctionDescriptor.of(result, arguments), options);
  }

  /** Runs the sample. */
  public static void main(String[] args) throws Throwable {
    Path file = Files.createTempFile("sample", ".db");
    try {
      useHakmem();
      System.out.println("integrity: " + work(file));
      shutdown();
      System.out.println("bytes left: " + Hakmem.stats().allocatedBytes());
    } finally {
      Files.delete(file);
    }
  }

  /** Before anything else in SQLite. It passes sizes as int: the functions are adapted to that. */
  static void useHakmem() throws Throwable {
    MethodHandle malloc = NativeCallbacks.MALLOC.handle();
    MethodHandle realloc = NativeCallbacks.REALLOC.handle();
    MethodHandle size = NativeCallbacks.USABLE_SIZE.handle();
    MethodHandle roundUp =
        MethodHandles.lookup()
            .findStatic(SqliteSample.class, "roundUp", MethodType.methodType(int.class, int.class));
    MemorySegment[] methods = { // struct sqlite3_mem_methods
      stub(malloc, MethodType.methodType(long.class, int.class)),
      NativeCallbacks.FREE.pointer(),
      stub(realloc, MethodType.methodType(long.class, long.class, int.class)),
      stub(size, MethodType.methodType(int.class, long.class)),
      stub(roundUp, MethodType.methodType(int.class, int.class)),
      stub(MethodHandles.zero(int.class), MethodType.methodType(int.class, long.class)),
      stub(MethodHandles.zero(void.class), MethodType.methodType(void.class, long.class)),
      MemorySegment.NULL
    };
    MethodHandle config =
        bind(
            "sqlite3_config",
            JAVA_INT,
            new MemoryLayout[] {JAVA_INT, ADDRESS},
            Linker.Option.firstVariadicArg(1));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = arena.allocate(ADDRESS, methods.length);
      for (int i = 0; i < methods.length; i++) {
        struct.setAtIndex(ADDRESS, i, methods[i]);
      }
      require((int) config.invokeExact(CONFIG_MALLOC, struct), "sqlite3_config");
    }
  }

  static int roundUp(int size) {
    return (size + 15) & -16;
  }

  private static MemorySegment stub(MethodHandle handle, MethodType type) {
    MethodHandle adapted =
        handle.type().parameterCount() == 0
            ? MethodHandles.dropArguments(handle, 0, type.parameterArray())
            : MethodHandles.explicitCastArguments(handle, type);
    MemoryLayout[] arguments =
        type.parameterList().stream().map(SqliteSample::layout).toArray(MemoryLayout[]::new);
    FunctionDescriptor descriptor =
        type.returnType() == void.class
            ? FunctionDescriptor.ofVoid(arguments)
            : FunctionDescriptor.of(layout(type.returnType()), arguments);
    return LINKER.upcallStub(adapted, descriptor, Arena.global());
  }

  private static ValueLayout layout(Class<?> type) {
    return type == int.class ? JAVA_INT : JAVA_LONG;
  }

  /** Works on a database and returns what SQLite's own check says of it. */
  static String work(Path file) throws Throwable {
    MethodHandle open = bind("sqlite3_open", JAVA_INT, new MemoryLayout[] {ADDRESS, ADDRESS});
    MethodHandle close = bind("sqlite3_close", JAVA_INT, new MemoryLayout[] {ADDRESS});
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      require((int) open.invokeExact(arena.allocateFrom(file.toString()), out), "sqlite3_open");
      MemorySegment database = out.get(ADDRESS, 0);
      execute(database, "create table t(id integer primary key, name text, data blob)");
      execute(database, "create index by_name on t(name)");
      execute(
          database,
          "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert"
              + " into t select i, 'name ' || (i * 7919 % 20000), randomblob(i % 300) from n");
      execute(database, "update t set data = zeroblob(2000) where id % 50 = 0");
      execute(database, "delete from t where id % 3 = 0");
      execute(database, "vacuum");
      String count = first(database, "select count(*) from t where name like 'name 1%'");
      String integrity = first(database, "pragma integrity_check");
      require((int) close.invokeExact(database), "sqlite3_close");
      return integrity + ", rows found: " + count;
    }
  }

  private static void execute(MemorySegment database, String sql) throws Throwable {
    MethodHandle exec =
        bind(
            "sqlite3_exec",
            JAVA_INT,
            new MemoryLayout[] {ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS});
    MemorySegment none = MemorySegment.NULL;
    try (Arena arena = Arena.ofConfined()) {
      require((int) exec.invokeExact(database, arena.allocateFrom(sql), none, none, none), sql);
    }
  }

  /** The first column of the first row. */
  private static String first(MemorySegment database, String sql) throws Throwable {
    MethodHandle prepare =
        bind(
            "sqlite3_prepare_v2",
            JAVA_INT,
            new MemoryLayout[] {ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS});
    MethodHandle step = bind("sqlite3_step", JAVA_INT, new MemoryLayout[] {ADDRESS});
    MethodHandle text =
        bind("sqlite3_column_text", ADDRESS, new MemoryLayout[] {ADDRESS, JAVA_INT});
    MethodHandle end = bind("sqlite3_finalize", JAVA_INT, new MemoryLayout[] {ADDRESS});
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      int code =
          (int) prepare.invokeExact(database, arena.allocateFrom(sql), -1, out, MemorySegment.NULL);
      require(code, sql);
      MemorySegment statement = out.get(ADDRESS, 0);
      require((int) step.invokeExact(statement) - ROW, sql);
      MemorySegment result = (MemorySegment) text.invokeExact(statement, 0);
      String value = result.reinterpret(Long.MAX_VALUE).getString(0);
      require((int) end.invokeExact(statement), sql);
      return value;
    }
  }

  static void shutdown() throws Throwable {
    require(
        (int) bind("sqlite3_shutdown", JAVA_INT, new MemoryLayout[0]).invokeExact(), "shutdown");
  }

  private static void require(int code, String what) {
    if (code != 0) {
      throw new IllegalStateException(what + " failed with code " + code);
    }
  }
}
