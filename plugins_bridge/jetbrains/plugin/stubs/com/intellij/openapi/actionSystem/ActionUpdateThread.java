package com.intellij.openapi.actionSystem;

/** A stub of the documented API: its signatures only. */
public enum ActionUpdateThread {
  BGT,
  EDT
}
