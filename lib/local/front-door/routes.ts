import type { Route } from './api.ts';

export interface Match {
  readonly route: Route;
  /** By name, still percent-encoded, as REST APIs hand them on. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Node {
  readonly children: Map<string, Node>;
  readonly methods: Map<string, Route>;
}

/**
 * Finds the route for a method and a path. A literal part wins over `{name}`, and that over `{name+}`, which takes one
 * part or more; an own method wins over ANY. A trailing slash makes no difference.
 */
export const makeRouter = (routes: readonly Route[]): ((method: string, path: string) => Match | undefined) => {
  const root: Node = { children: new Map(), methods: new Map() };
  for (const route of routes) {
    let node = root;
    for (const part of partsOf(route.resourcePath)) {
      const child = node.children.get(part) ?? { children: new Map(), methods: new Map() };
      node.children.set(part, child);
      node = child;
    }
    node.methods.set(route.method, route);
  }
  return (method, path) => {
    const found = find(root, partsOf(path), {});
    const route = found?.node.methods.get(method) ?? found?.node.methods.get('ANY');
    return found && route ? { route, pathParameters: found.parameters } : undefined;
  };
};

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

interface Found {
  readonly node: Node;
  readonly parameters: Record<string, string>;
}

const find = (node: Node, parts: readonly string[], parameters: Record<string, string>): Found | undefined => {
  const [part, ...rest] = parts;
  if (part === undefined) return node.methods.size > 0 ? { node, parameters } : undefined;
  const literal = part.startsWith('{') ? undefined : node.children.get(part);
  const found = literal && find(literal, rest, parameters);
  if (found) return found;
  for (const greedy of [false, true])
    for (const [name, child] of node.children) {
      const parameter = /^\{(.+?)(\+?)\}$/.exec(name);
      if (!parameter || (parameter[2] === '+') !== greedy) continue;
      const value = greedy ? parts.join('/') : part;
      const inside = find(child, greedy ? [] : rest, { ...parameters, [parameter[1] ?? '']: value });
      if (inside) return inside;
    }
  return undefined;
};
