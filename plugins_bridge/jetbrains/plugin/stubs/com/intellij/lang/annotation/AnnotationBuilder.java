package com.intellij.lang.annotation;

import com.intellij.openapi.util.TextRange;

/** A stub of the documented API: its signatures only. */
public interface AnnotationBuilder {
  AnnotationBuilder range(TextRange range);

  AnnotationBuilder tooltip(String html);

  void create();
}
