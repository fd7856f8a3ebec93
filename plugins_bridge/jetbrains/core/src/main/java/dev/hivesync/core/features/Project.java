package dev.hivesync.core.features;

import java.io.IOException;
import java.nio.file.Path;

/** A project, and its folder on this machine; null if that is not known. */
public record Project(String id, String name, Path root) {
  /** Give a file's path as manifests have it; empty outside of the folder. */
  public String relative(Path file) {
    if (root == null || !isInside(file, root)) {
      return "";
    }
    return real(root).relativize(real(file)).toString().replace('\\', '/');
  }

  String path() {
    return "/api/v1/projects/" + Pages.encoded(id);
  }

  /** Tell whether the file lies in the folder, links resolved. */
  static boolean isInside(Path file, Path folder) {
    return real(file).startsWith(real(folder));
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException deletedMeanwhile) {
      return path.toAbsolutePath().normalize();
    }
  }
}
