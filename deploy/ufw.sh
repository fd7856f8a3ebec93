#!/bin/sh
# Opens ssh and the web, and nothing else: sudo sh deploy/ufw.sh
# Docker's own rules pass ufw by, which is why docker-compose.prod.yml publishes on 127.0.0.1 only.
set -eu

ufw default deny incoming
ufw default allow outgoing
ufw limit OpenSSH
ufw allow 80/tcp
ufw allow 443/tcp
ufw --force enable
ufw status verbose
