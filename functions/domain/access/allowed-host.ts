/**
 * Whether an installation's list of hosts allows one. `*.example.com` stands for every name below `example.com`, at any
 * depth, and not for `example.com` itself. Without a list every host is allowed.
 */
export const isAllowedHost = (host: string, allowed: readonly string[] | undefined): boolean =>
  allowed === undefined ||
  allowed.some((pattern) =>
    pattern.startsWith('*.') ? host.length >= pattern.length && host.endsWith(pattern.slice(1)) : host === pattern,
  );
