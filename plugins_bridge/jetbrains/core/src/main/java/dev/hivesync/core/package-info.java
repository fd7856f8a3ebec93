/**
 * The plugin without the IDE: finds the agent, asks it or the backend, and reads their answers. Uses nothing but
 * the JDK and Gson, which every JetBrains IDE brings.
 */
package dev.hivesync.core;
