/** What the commands do, and what they show, without an editor: previews, documentation, tasks and the rest. */
package dev.hivesync.core.features;
