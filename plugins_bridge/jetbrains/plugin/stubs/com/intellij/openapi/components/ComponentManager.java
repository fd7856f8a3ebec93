package com.intellij.openapi.components;

import com.intellij.openapi.Disposable;
import com.intellij.openapi.util.UserDataHolder;
import com.intellij.util.messages.MessageBus;

/** A stub of the documented API: its signatures only. */
public interface ComponentManager extends UserDataHolder, Disposable {
  <T> T getService(Class<T> type);

  MessageBus getMessageBus();

  boolean isDisposed();
}
