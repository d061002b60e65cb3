const LOUD = new Set(['WARN', 'ERROR', 'CRITICAL']);

/**
 * A line that a function printed as the terminal shows it, or undefined for one not worth showing: metrics never are,
 * what a logger wrote is from `WARN` on unless `verbose`, and anything else (a crash's trace) always is.
 */
export const formatFunctionLine = (functionId: string, text: string, verbose: boolean): string | undefined => {
  const entry = parse(text);
  if (entry !== undefined) {
    if ('_aws' in entry) return undefined;
    if (!verbose && !LOUD.has(String(entry.level))) return undefined;
  }
  return text.trim() === '' ? undefined : `[${functionId}] ${text}`;
};

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
