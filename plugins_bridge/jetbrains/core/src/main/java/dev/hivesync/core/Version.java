package dev.hivesync.core;

/** The plugin's version and the protocol that it speaks; said nowhere else in this plugin. */
public final class Version {

  public static final String PLUGIN = "0.1.0";
  public static final String CLIENT = "jetbrains/" + PLUGIN;
  public static final int PROTOCOL = 1;

  private Version() {}
}
