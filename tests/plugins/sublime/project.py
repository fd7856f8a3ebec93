"""The project that the tests of the plugin open, and what a hostile member of its team has typed."""

P1 = "/api/v1/projects/p1"
HOSTILE = "<img src=x onerror=alert(1)> & <a href='subl:exit'>click</a> \x1b[31m\u202egnp"
TEXT = "import x\n\nexport const a = 1\n"
