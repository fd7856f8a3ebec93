"""`make demo`: the whole product on one machine, previewing a sample app, until Ctrl-C."""
