package com.intellij.openapi.options;

/** A stub of the documented API: its signatures only. */
public class ConfigurationException extends Exception {

  private static final long serialVersionUID = 1L;

  public ConfigurationException(String message) {
    super(message);
  }
}
