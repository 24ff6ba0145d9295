// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.memory;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that must never be inlined into the fast path that calls it, however often it
 * does. It has no effect of its own; a test keeps every marked method above the bytecode size up to
 * which C2 inlines frequent calls.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface OutOfLine {}
