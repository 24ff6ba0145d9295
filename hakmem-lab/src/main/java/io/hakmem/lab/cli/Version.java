// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.cli;

import io.hakmem.lab.run.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  Version() {}

  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    }
    String version = properties.getProperty("version");
    String known = version.startsWith("$") ? "not built by Maven" : version;
    String commit = Environment.current().commit().map(hash -> ", commit " + hash).orElse("");
    return new String[] {"hakmem " + known + commit};
  }
}
