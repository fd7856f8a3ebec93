// The static upstream where nginx is not installed: node upstream.mjs PORT
import http from "node:http";

const bodies = { "1k": Buffer.alloc(1024, "x"), "1m": Buffer.alloc(1024 * 1024, "x") };

http
  .createServer((request, response) => {
    const body = bodies[request.url.split("/").pop()];
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": body.length,
      "cache-control": "no-store",
    });
    response.end(body);
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
