import type { Declaration, Parameter } from '../analysis/declarations/declaration.ts';
import type { Language } from '../analysis/language-of.ts';
import type { ReadCode } from '../analysis/read-outline.ts';

/** Languages that a test skeleton can be made for. */
export const TESTED_LANGUAGES: readonly Language[] = ['typescript', 'javascript', 'python'];

/** Most functions that get a skeleton. */
const MAX_FUNCTIONS = 30;

const moduleOf = (file: string | undefined): string => file?.replace(/^.*[\\/]/, '').replace(/[^\w.-]/g, '') ?? '';

/** A typical argument by declared type, as source. */
const SAMPLES: Readonly<Record<'script' | 'python', readonly (readonly [RegExp, string])[]>> = {
  script: [
    [/^(?:readonly )?.+\[\]$|^(?:Readonly)?Array</, '[]'],
    [/^string\b/, "'text'"],
    [/^number\b/, '1'],
    [/^boolean\b/, 'true'],
    [/^bigint\b/, '1n'],
    [/^Date\b/, 'new Date(0)'],
  ],
  python: [
    [/^(?:list|List|Sequence|Iterable)\b/, '[]'],
    [/^(?:dict|Dict|Mapping)\b/, '{}'],
    [/^str\b/, '"text"'],
    [/^int\b/, '1'],
    [/^float\b/, '1.0'],
    [/^bool\b/, 'True'],
  ],
};

const sample = ({ type, default: fallback }: Parameter, of: 'script' | 'python'): string =>
  SAMPLES[of].find(([pattern]) => pattern.test(type ?? ''))?.[1] ??
  fallback ??
  (of === 'python' ? 'None' : type === undefined ? 'undefined' : 'undefined as never');

/** The cases that a declaration alone suggests. */
const casesOf = ({ parameters }: Declaration): string[] => {
  const cases = parameters.flatMap(({ name, type = '', optional, rest }) => {
    if (rest !== '') return [`works without ${name}`];
    const edges = /^(?:string|str)\b/.test(type)
      ? [`works for an empty ${name}`]
      : /^(?:number|int|float)\b/.test(type)
        ? [`works for a zero and a negative ${name}`]
        : /\[\]$|^(?:list|List|Array)\b/.test(type)
          ? [`works for an empty ${name}`]
          : [];
    return [...edges, ...(optional ? [`works without ${name}`] : [])];
  });
  return [...cases, 'rejects invalid arguments'];
};

const tested = ({ declarations }: ReadCode): Declaration[] => {
  const functions = declarations.filter(({ kind, name }) => kind === 'function' && name !== 'default');
  const exported = functions.filter((declaration) => declaration.exported);
  return [...new Map((exported.length > 0 ? exported : functions).map((each) => [each.name, each])).values()].slice(
    0,
    MAX_FUNCTIONS,
  );
};

const vitest = (functions: readonly Declaration[], file: string | undefined): string => {
  const module = moduleOf(file) || 'module-under-test.ts';
  const suites = functions.map((declaration) => {
    const { name, parameters, async } = declaration;
    const waits = async || declaration.returns?.startsWith('Promise<');
    const call = `${name}(${parameters
      .filter(({ rest }) => rest === '')
      .map((parameter) => sample(parameter, 'script'))
      .join(', ')})`;
    return [
      `describe('${name}', () => {`,
      `  it('answers for typical arguments', ${waits ? 'async ' : ''}() => {`,
      `    expect(${waits ? 'await ' : ''}${call}).toEqual('replace by the expected result');`,
      '  });',
      ...casesOf(declaration).map((each) => `  it.todo('${each}');`),
      '});',
    ].join('\n');
  });
  const imports = [
    `import { describe, expect, it } from 'vitest';`,
    `import { ${functions.map(({ name }) => name).join(', ')} } from './${module}';`,
  ];
  return [imports.join('\n'), ...suites].join('\n\n');
};

const pytest = (functions: readonly Declaration[], file: string | undefined): string => {
  const module =
    moduleOf(file)
      .replace(/\.\w+$/, '')
      .replace(/\W/g, '_') || 'module_under_test';
  const suites = functions.flatMap((declaration) => {
    const { name, parameters, async } = declaration;
    const given = parameters.filter(({ rest, default: fallback }) => rest === '' && fallback === undefined);
    const call = `${name}(${given.map((parameter) => `${parameter.name}=${sample(parameter, 'python')}`).join(', ')})`;
    const typical = [
      `def test_${name}_answers_for_typical_arguments():`,
      `    assert ${async ? `asyncio.run(${call})` : call} == "replace by the expected result"`,
    ].join('\n');
    const rest = casesOf(declaration).map((each) =>
      [
        '@pytest.mark.skip(reason="to be written")',
        `def test_${name}_${each.replace(/\W+/g, '_')}():`,
        `    ${name}`,
      ].join('\n'),
    );
    return [typical, ...rest];
  });
  const asyncio = functions.some(({ async }) => async) ? ['import asyncio', ''] : [];
  const imports = [
    ...asyncio,
    'import pytest',
    '',
    `from ${module} import ${functions.map(({ name }) => name).join(', ')}`,
  ];
  return [imports.join('\n'), ...suites].join('\n\n\n');
};

/** A test skeleton (vitest or pytest) for the functions of a piece of code; undefined if it has none. */
export const testSkeleton = (read: ReadCode, file: string | undefined): string | undefined => {
  const functions = tested(read);
  if (functions.length === 0) return undefined;
  return read.language === 'python' ? pytest(functions, file) : vitest(functions, file);
};
