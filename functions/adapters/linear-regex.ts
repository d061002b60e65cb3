import type { CompileRegex } from '../domain/routing/rules/compile-rules.ts';

let loaded: Promise<CompileRegex> | undefined;

const load = async (): Promise<CompileRegex> => {
  const { RE2JS } = await import('re2js');
  return (pattern) => {
    const regex = RE2JS.compile(pattern);
    return { matches: (text) => regex.test(text), size: regex.programSize() };
  };
};

/** RE2 in JavaScript, 150 kB: read from its own file, and only by an instance that has a rule with an expression. */
export const loadLinearRegex = (): Promise<CompileRegex> => {
  loaded ??= load();
  return loaded;
};
