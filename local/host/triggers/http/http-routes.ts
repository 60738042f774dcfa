import type { IncomingMessage, ServerResponse } from 'node:http';
import { compareRoutes, matchRoute } from './route-template.ts';
import type { RouteParameters, RouteTemplate } from './route-template.ts';

export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: RouteParameters;
}

export interface HttpRoute {
  /** Who answers, for messages. */
  readonly name: string;
  readonly template: RouteTemplate;
  /** Upper case. */
  readonly methods: readonly string[];
  handle(exchange: HttpExchange): Promise<void>;
}

export type RouteMatch =
  | { readonly kind: 'found'; readonly route: HttpRoute; readonly parameters: RouteParameters }
  | { readonly kind: 'wrongMethod'; readonly allowed: readonly string[] }
  | { readonly kind: 'notFound' };

/** The HTTP routes of a host; the most precise route wins. */
export class HttpRoutes {
  #routes: readonly HttpRoute[] = [];

  add(route: HttpRoute): void {
    this.#routes = [...this.#routes, route].sort((left, right) =>
      compareRoutes(left.template, right.template),
    );
  }

  /** @param path without query, still percent-encoded */
  find(method: string, path: string): RouteMatch {
    const parts = decodePath(path);
    if (parts === undefined) return { kind: 'notFound' };
    const allowed = new Set<string>();
    for (const route of this.#routes) {
      const parameters = matchRoute(route.template, parts);
      if (parameters === undefined) continue;
      if (route.methods.includes(method)) return { kind: 'found', route, parameters };
      for (const other of route.methods) allowed.add(other);
    }
    return allowed.size === 0
      ? { kind: 'notFound' }
      : { kind: 'wrongMethod', allowed: [...allowed] };
  }
}

/** An encoded slash stays encoded, as in ASP.NET Core; undefined if the encoding is broken. */
function decodePath(path: string): readonly string[] | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  try {
    return parts.map((part) => decodeURIComponent(part.replaceAll(/%2f/gi, '%252F')));
  } catch {
    // decodeURIComponent throws on nothing but a malformed escape.
    return undefined;
  }
}
