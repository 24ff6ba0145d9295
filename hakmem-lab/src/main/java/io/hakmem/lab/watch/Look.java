// Copyright the hakmem authors.
// SPDX-License-Identifier: Apache-2.0

package io.hakmem.lab.watch;

import org.jline.utils.AttributedStyle;

/**
 * What a terminal can show.
 *
 * @param colours whether it has colours
 * @param blocks whether it has characters beyond ASCII
 */
public record Look(boolean colours, boolean blocks) {
  /** Letters only, for pipes and files. */
  public static final Look PLAIN = new Look(false, false);

  private static final String SHADES = "\u2591\u2592\u2593\u2588";
  private static final char DOT = '\u00b7';

  // Colours of the palette of 256 that are told apart on dark and on bright ground.
  private static final int BLUE = 33;
  private static final int GREEN = 35;
  private static final int ORANGE = 172;
  private static final int PURPLE = 133;

  AttributedStyle faint() {
    return colours ? AttributedStyle.DEFAULT.faint() : AttributedStyle.DEFAULT;
  }

  AttributedStyle bold() {
    return colours ? AttributedStyle.BOLD : AttributedStyle.DEFAULT;
  }

  /** The style of what holds a slice. */
  AttributedStyle styleOf(char content) {
    if (!colours) {
      return AttributedStyle.DEFAULT;
    }
    return switch (content) {
      case 't' -> AttributedStyle.DEFAULT.foreground(BLUE);
      case 'p' -> AttributedStyle.DEFAULT.foreground(GREEN);
      case 'r' -> AttributedStyle.DEFAULT.foreground(ORANGE);
      case 'h' -> AttributedStyle.DEFAULT.foreground(PURPLE);
      default -> faint();
    };
  }

  /** The character of a cell: a shade, or a letter that is capital from half full on. */
  char characterOf(SliceCells.Cell cell) {
    if (cell.content() == '-') {
      return cell.committed() > 0 ? '-' : blocks ? DOT : '.';
    }
    if (colours && blocks) {
      int shade = (int) Math.ceil(cell.used() * SHADES.length());
      return SHADES.charAt(Math.clamp(shade - 1, 0, SHADES.length() - 1));
    }
    return cell.used() < 0.5 ? cell.content() : Character.toUpperCase(cell.content());
  }

  /** What stands for a content in the legend. */
  char legendOf(char content) {
    return colours && blocks ? SHADES.charAt(SHADES.length() - 1) : content;
  }

  char uncommitted() {
    return blocks ? DOT : '.';
  }

  /** A part of a bar. */
  char bar(boolean full) {
    return !blocks ? (full ? '#' : '=') : SHADES.charAt(full ? SHADES.length() - 1 : 1);
  }
}
