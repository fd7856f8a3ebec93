"""`python -m hivesync_agent …` is the `hivesync` command."""

from hivesync_agent.cli.main import main

if __name__ == "__main__":
    main()
