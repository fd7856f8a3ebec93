/** One table of routes. An unknown path is 404 and a wrong method 405, both as problem+json. */
import type { Bindings, Settings } from "./env.ts";
import { WorkerError } from "./errors.ts";

export interface RequestContext {
  readonly request: Request;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly bindings: Bindings;
  readonly settings: Settings;
}

export type Handler = (context: RequestContext) => Response | Promise<Response>;

export interface Route {
  readonly method: "GET" | "POST";
  readonly pattern: URLPattern;
  readonly handler: Handler;
}

export function route(method: Route["method"], pathname: string, handler: Handler): Route {
  return { method, pattern: new URLPattern({ pathname }), handler };
}

/** Answer one request by the first route that fits. HEAD is answered like GET, without the body. */
export async function dispatch(
  routes: readonly Route[],
  context: Omit<RequestContext, "params" | "url">,
): Promise<Response> {
  const url = new URL(context.request.url);
  const method = context.request.method === "HEAD" ? "GET" : context.request.method;
  const allowed: string[] = [];
  for (const candidate of routes) {
    const match = candidate.pattern.exec({ pathname: url.pathname });
    if (!match) continue;
    if (candidate.method === method) {
      return candidate.handler({ ...context, url, params: match.pathname.groups as Record<string, string> });
    }
    allowed.push(candidate.method);
  }
  if (allowed.length > 0) return new Response(null, { status: 405, headers: { allow: allowed.join(", ") } });
  throw new WorkerError("NOT_FOUND", "There is nothing here.");
}
