declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** The part of dynalite's interface that the local cloud uses. Its `close` also closes the store. */
  const dynalite: (options: { path?: string; createTableMs?: number; deleteTableMs?: number }) => Server;
  // biome-ignore lint/style/noDefaultExport: describes a CommonJS package
  export default dynalite;
}
