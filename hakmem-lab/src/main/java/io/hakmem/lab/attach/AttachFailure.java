// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.attach;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A JVM lets nobody in or has no hakmem; the message is for the user. */
public final class AttachFailure extends IOException {
  private static final long serialVersionUID = 1;

  AttachFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
