package dev.hivesync.core;

import java.io.InputStream;
import java.util.Map;

/** An answer whose body goes on, such as a stream of events. `end` breaks it off, also from another thread. */
record OpenAnswer(int status, Map<String, String> headers, InputStream body, Mode mode, Runnable end) {}
