package dev.hivesync.core;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Where HiveSync keeps its files on this machine, by the system's rules. Creates nothing. */
public final class Places {

  private static final Pattern PROFILE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");

  /** The three families of systems whose rules differ. */
  public enum System {
    LINUX,
    MACOS,
    WINDOWS;

    public static System current() {
      String name = java.lang.System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
      return name.startsWith("windows") ? WINDOWS : name.startsWith("mac") ? MACOS : LINUX;
    }
  }

  private final Map<String, String> environment;
  private final System system;
  private final Path home;

  public Places(Map<String, String> environment, System system, Path home) {
    this.environment = environment;
    this.system = system;
    this.home = home;
  }

  /** Give the account profile; throw for a name that could be another file's. */
  public String profile() throws HiveSyncException {
    String name = named("HIVESYNC_PROFILE", "default");
    if (!PROFILE.matcher(name).matches()) {
      throw new HiveSyncException(
        HiveSyncException.INVALID,
        "The profile's name must be 1 to 32 of a-z, 0-9, '-' and '_'."
      );
    }
    return name;
  }

  public Path discoveryFile() throws HiveSyncException {
    String profile = profile();
    String middle = profile.equals("default") ? "" : "." + profile;
    return runtime().resolve("desktop-agent" + middle + ".json");
  }

  /** Give the folder in which the account's agent keeps changes that wait for the backend. */
  public Path operationsFolder(Origin origin) throws HiveSyncException {
    String account = "HiveSync " + origin.text() + "#" + profile();
    return state().resolve("operations").resolve(digestOf(account).substring(0, 16));
  }

  private Path runtime() {
    if (isSet("HIVESYNC_RUNTIME_DIR")) {
      return Path.of(environment.get("HIVESYNC_RUNTIME_DIR"));
    }
    if (system != System.LINUX) {
      return application().resolve("run");
    }
    return isSet("XDG_RUNTIME_DIR")
      ? Path.of(environment.get("XDG_RUNTIME_DIR"), "hivesync")
      : home.resolve(".local/state/hivesync/run");
  }

  private Path state() {
    if (isSet("HIVESYNC_STATE_DIR")) {
      return Path.of(environment.get("HIVESYNC_STATE_DIR"));
    }
    if (system != System.LINUX) {
      return application();
    }
    // A relative value must be ignored: XDG Base Directory Specification, "Basics".
    String state = named("XDG_STATE_HOME", "");
    return (state.startsWith("/") ? Path.of(state) : home.resolve(".local/state")).resolve("hivesync");
  }

  private Path application() {
    if (system == System.MACOS) {
      return home.resolve("Library/Application Support/HiveSync");
    }
    String local = named("LOCALAPPDATA", home.resolve("AppData/Local").toString());
    return Path.of(local, "HiveSync");
  }

  private boolean isSet(String name) {
    return !named(name, "").isEmpty();
  }

  private String named(String name, String other) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty() ? other : value;
  }

  private static String digestOf(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every Java has SHA-256.", impossible);
    }
  }
}
