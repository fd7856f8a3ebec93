package dev.hivesync.core;

/** The way a call would go now. The reason is a short code, such as `AGENT_ABSENT`; the detail is for people. */
public record Way(Mode mode, String reason, String detail) {}
