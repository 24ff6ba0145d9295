// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.run;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Takes hakmem's checks of free's argument out, to measure what they cost: a class with hakmem's
 * switch off, to be put in front of the real one on a child's class path.
 */
public final class UncheckedClasses {
  private static final String SWITCH_CLASS = "io.hakmem.front.Checks";
  private static final String SWITCH_FIELD = "ENABLED";

  private UncheckedClasses() {}

  /** Writes the class where it stays; returns the class path entry. */
  public static Path write() throws IOException {
    return write(CacheFolder.locate());
  }

  /** Writes the class below the folder; returns the class path entry. */
  static Path write(Path folder) throws IOException {
    Path root = folder.resolve("unchecked");
    Path file = root.resolve(SWITCH_CLASS.replace('.', '/') + ".class");
    Files.createDirectories(file.getParent());
    CacheFolder.writeAtomically(file, bytes());
    return root;
  }

  private static byte[] bytes() {
    ClassDesc name = ClassDesc.of(SWITCH_CLASS);
    int flags = ClassFile.ACC_STATIC | ClassFile.ACC_FINAL;
    // Set by the initialiser like the original: constant for the JIT compiler in both.
    return ClassFile.of()
        .build(
            name,
            builder ->
                builder
                    .withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                    .withField(SWITCH_FIELD, ConstantDescs.CD_boolean, flags)
                    .withMethodBody(
                        ConstantDescs.CLASS_INIT_NAME,
                        MethodTypeDesc.of(ConstantDescs.CD_void),
                        ClassFile.ACC_STATIC,
                        code ->
                            code.iconst_0()
                                .putstatic(name, SWITCH_FIELD, ConstantDescs.CD_boolean)
                                .return_()));
  }
}
