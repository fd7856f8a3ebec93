/** The plugin in the IDE: only what must be said in the platform's own words. What it does is in `core`. */
package dev.hivesync.intellij;
