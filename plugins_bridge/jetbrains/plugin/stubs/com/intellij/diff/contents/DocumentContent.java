package com.intellij.diff.contents;

/** A stub of the documented API: its signatures only. */
public interface DocumentContent extends DiffContent {}
