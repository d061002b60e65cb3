import type { Declaration, Parameter } from '../analysis/declarations/declaration.ts';
import { type BodyFacts, describeBody } from '../analysis/describe-body.ts';
import type { ReadCode } from '../analysis/read-outline.ts';

const describeParameter = ({ name, default: fallback, optional, rest }: Parameter): string => {
  const extra =
    fallback === undefined ? (optional && rest === '' ? ' Optional.' : '') : ` Defaults to ${fallback.slice(0, 80)}.`;
  return `Describe ${name}.${extra}`;
};

const block = (lines: readonly string[]): string[] => [
  '/**',
  ...lines.map((line) => ` * ${line.replaceAll('*/', '*\\/')}`.trimEnd()),
  ' */',
];

const NO_RESULT = /^(?:void|undefined|never|Promise<(?:void|undefined|never)>|asserts .*)$/;

const jsDoc = ({ name, parameters, returns }: Declaration, facts: BodyFacts, typed: boolean): string[] => {
  const lines = parameters.flatMap((parameter) => {
    const bracketed = parameter.optional && parameter.rest === '';
    const written =
      bracketed && !typed
        ? `[${parameter.name}${parameter.default === undefined ? '' : `=${parameter.default}`}]`
        : parameter.name;
    const fields = (parameter.fields ?? []).map(
      (field) => `@param ${typed ? '' : '{*} '}${parameter.name}.${field} - Describe ${field}.`,
    );
    const type = typed ? '' : parameter.rest === '' ? '{*} ' : '{...*} ';
    return [`@param ${type}${written} - ${describeParameter(parameter)}`, ...fields];
  });
  const result = returns === undefined ? facts.returnsValue : !NO_RESULT.test(returns);
  if (result && name !== 'constructor') lines.push(`@returns ${typed ? '' : '{*} '}Describe the result.`);
  for (const raised of facts.raises)
    lines.push(typed ? `@throws ${raised} Describe when.` : `@throws {${raised}} Describe when.`);
  return block([`Describe what ${name} does.`, ...(lines.length > 0 ? [''] : []), ...lines]);
};

const javaDoc = (
  { name, parameters, returns, kind, owner }: Declaration,
  facts: BodyFacts,
  signature: string,
): string[] => {
  const lines = parameters.map((parameter) => `@param ${parameter.name} ${describeParameter(parameter)}`);
  if (returns !== undefined && returns !== 'void' && kind === 'method' && name !== owner)
    lines.push('@return Describe the result.');
  const declared =
    /\bthrows\s+([\w.,\s]+)$/
      .exec(signature)?.[1]
      ?.split(',')
      .map((each) => each.trim()) ?? [];
  for (const raised of new Set([...declared, ...facts.raises])) lines.push(`@throws ${raised} Describe when.`);
  return block([`Describe what ${name} does.`, ...(lines.length > 0 ? [''] : []), ...lines]);
};

/** Google style; types stay in the annotations. */
const docstring = ({ name, parameters, returns, kind }: Declaration, facts: BodyFacts): string[] => {
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `    ${line}`)];
  const result = returns === undefined ? facts.returnsValue : returns !== 'None';
  const body = [
    `"""Describe what ${name} ${kind === 'class' ? 'is' : 'does'}.`,
    ...section(
      'Args',
      parameters.map((parameter) => `${parameter.rest}${parameter.name}: ${describeParameter(parameter)}`),
    ),
    ...section(facts.yields ? 'Yields' : 'Returns', facts.yields || result ? ['Describe the result.'] : []),
    ...section(
      'Raises',
      facts.raises.map((raised) => `${raised}: Describe when.`),
    ),
  ];
  if (body.length === 1) return [`${body[0]}"""`];
  // A default can hold quotes or escapes that would end or bend the docstring.
  return [
    ...body.map((line, index) => (index === 0 ? line : line.replaceAll('\\', '\\\\').replaceAll('"""', "'''"))),
    '"""',
  ];
};

const goComment = ({ name, parameters, returns }: Declaration): string[] => {
  const lines = parameters.map((parameter) => `  - ${parameter.name}: describe this ${parameter.type ?? 'value'}.`);
  return [
    `// ${name} does … (describe it).`,
    ...(lines.length > 0 ? ['//', '// Parameters:', ...lines.map((line) => `//${line}`)] : []),
    ...(returns === undefined ? [] : ['//', `// It returns ${returns}: describe the result.`]),
  ];
};

const indented = (lines: readonly string[], indent: string): string =>
  lines.map((line) => (line === '' ? '' : indent + line)).join('\n');

/** A documentation skeleton for a declaration in its language's own convention, together with its signature. */
export const docComment = (read: ReadCode, declaration: Declaration): string => {
  const facts = describeBody(read, declaration);
  const arrow = read.map.code.startsWith('=>', declaration.signatureEnd) ? ' =>' : '';
  const signature = read.map.text.slice(declaration.start, declaration.signatureEnd).trim() + arrow;
  switch (read.language) {
    case 'python':
      return `${signature}:\n${indented(docstring(declaration, facts), '    ')}`;
    case 'java':
      return [...javaDoc(declaration, facts, signature), signature].join('\n');
    case 'go':
      return [...goComment(declaration), signature].join('\n');
    default:
      return [...jsDoc(declaration, facts, read.language === 'typescript'), signature].join('\n');
  }
};
