"""Builds and runs the JetBrains plugin's Java with nothing but a JDK and Debian's jars. See its README."""
