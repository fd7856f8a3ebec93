package com.intellij.lang.annotation;

/** A stub of the documented API: its signatures only. */
public interface AnnotationHolder {
  AnnotationBuilder newAnnotation(HighlightSeverity severity, String message);
}
