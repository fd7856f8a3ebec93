// The usual Node reverse proxy, with connections kept open: node http_proxy.mjs MODULES PORT TARGET
import http from "node:http";
import { createRequire } from "node:module";

const [modules, port, target] = process.argv.slice(2);
const httpProxy = createRequire(`${modules}/`)("http-proxy");

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const proxy = httpProxy.createProxyServer({ target, agent });
proxy.on("error", (_error, _request, response) => response.writeHead(502).end());
http.createServer((request, response) => proxy.web(request, response)).listen(Number(port), "127.0.0.1");
