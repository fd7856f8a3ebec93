"""nginx in two roles: the static upstream behind every contender, and a contender itself."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NGINX = shutil.which("nginx")

_COMMON = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  sendfile on;
  tcp_nodelay on;
  keepalive_requests 10000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
"""
# Without `no-store` the agent would ask once for all sixteen connections, and measure its sharing of reads.
_STATIC = """
  default_type application/octet-stream;
  open_file_cache max=16;
  server {{
    listen 127.0.0.1:{port};
    location /api/v1/bench/ {{ alias {folder}/files/; add_header Cache-Control no-store; }}
    location = /api/v1/health {{
      default_type application/json;
      return 200 '{{"status":"ok","version":"0","env":"local","upload_origins":[]}}';
    }}
  }}
}}
"""
# Bodies of any size pass without a copy on disk, as they do through the agent.
_PROXY = """
  upstream backend {{ server {target}; keepalive 64; }}
  server {{
    listen 127.0.0.1:{port};
    client_max_body_size 0;
    location / {{
      proxy_pass http://backend;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


def static_config(folder: Path, port: int) -> Path:
    """Write the upstream's configuration and its two files; give the configuration's path."""
    files = folder / "files"
    files.mkdir(parents=True, exist_ok=True)
    (files / "1k").write_bytes(b"x" * 1024)
    (files / "1m").write_bytes(b"x" * 1024 * 1024)
    return _write(folder, _COMMON + _STATIC, port=port)


def proxy_config(folder: Path, port: int, target: str) -> Path:
    """Write the proxy's configuration; `target` is host:port."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder, _COMMON + _PROXY, port=port, target=target)


def _write(folder: Path, template: str, **values: object) -> Path:
    path = folder / "nginx.conf"
    # Started by root, nginx gives up its rights, and could not read this folder of mode 0700.
    user = "user root;" if os.geteuid() == 0 else ""
    path.write_text(template.format(folder=folder, user=user, **values), "utf-8")
    return path
