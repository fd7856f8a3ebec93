"""`python -m hivesync_server` is the command `hivesync-server`."""

from hivesync_server.cli import main

if __name__ == "__main__":
    main(prog_name="hivesync-server")
