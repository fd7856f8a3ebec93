"""The tray icon: a client of the local API like any editor. Holds no credential; nothing needs it."""
