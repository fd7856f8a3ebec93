package com.intellij.diff.requests;

/** A stub of the documented API: its signatures only. */
public abstract class DiffRequest {}
