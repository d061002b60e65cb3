import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { createApp } from '../../../lib/app.ts';
import { cdkJsonContext, parseSettings, type Settings } from '../../../lib/config.ts';
import { FUNCTIONS } from '../../../lib/functions.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

/** The resources of one synthesized stack. */
export class StackResources {
  readonly all: Readonly<Record<string, TemplateResource>>;
  /** Exported values by the name that other stacks import them by. */
  readonly exports: ReadonlyMap<string, unknown>;

  constructor({ Resources, Outputs = {} }: Template) {
    this.all = Resources;
    this.exports = new Map(
      Object.values(Outputs).flatMap(({ Export, Value }) => (Export === undefined ? [] : [[Export.Name, Value]])),
    );
  }

  ofType(type: string): readonly (readonly [string, TemplateResource])[] {
    return Object.entries(this.all).filter(([, { Type }]) => Type === type);
  }

  /** The only resource of that type whose logical id is `id` with the hash of the CDK behind it. */
  one(type: string, id: string): TemplateResource {
    const found = this.ofType(type).filter(([logicalId]) => logicalId.replace(/[0-9A-F]{8}$/, '') === id);
    const [first] = found;
    if (first === undefined || found.length > 1) throw new Error(`${found.length} resources ${type} ${id}`);
    return first[1];
  }
}

/** Small files in place of the functions' sources, so that these tests are of the stacks alone. */
const writeSources = (root: string): void => {
  for (const [name, source] of Object.entries(FUNCTIONS)) {
    mkdirSync(dirname(join(root, source)), { recursive: true });
    writeFileSync(join(root, source), `export const handler = async () => '${name}';\n`);
  }
};

/**
 * Builds the app with the settings of `cdk.json` and `overrides`, and gives it to `use`.
 * @param validated whether `synth()` checks the templates against CloudFormation's schemas, which takes seconds
 */
export const withApp = <T>(
  overrides: Readonly<Record<string, unknown>>,
  validated: boolean,
  use: (app: App, settings: Settings) => T,
): T => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-test-'));
  try {
    const sources = join(folder, 'sources');
    writeSources(sources);
    const settings = parseSettings({ ...cdkJsonContext(), ...overrides });
    return use(createApp(settings, { outdir: join(folder, 'out'), sources, validated }), settings);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The synthesized stacks: once per test file, it takes a second. */
export const synthesize = (overrides: Readonly<Record<string, unknown>> = {}) =>
  withApp(overrides, false, (app, { stage }) => {
    const assembly = app.synth();
    const name = `switchboard-${stage}`;
    const stack = (suffix: string) => assembly.getStackByName(`${name}${suffix}`);
    return {
      state: new StackResources(stack('-state').template),
      switchboard: new StackResources(stack('').template),
      observability: new StackResources(stack('-observability').template),
      dependencies: (suffix: string) => stack(suffix).dependencies.map(({ id }) => id.replace(name, '')),
    };
  });

const Intrinsic = z.union([
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }).transform((value) => value['Fn::GetAtt'][0]),
  z
    .object({ 'Fn::ImportValue': z.string() })
    .transform((value) => value['Fn::ImportValue'].split(/:ExportsOutput(?:Ref|FnGetAtt)/)[1] ?? ''),
]);
const Joined = z
  .object({ 'Fn::Join': z.tuple([z.string(), z.array(z.union([z.string(), Intrinsic]))]) })
  .transform((value) => value['Fn::Join'][1].join(value['Fn::Join'][0]));
const Text = z.union([z.string(), Intrinsic, Joined]);

/** A value of a template as text: what it refers to by logical id, hashes of the CDK left out. */
export const text = (value: unknown): string => Text.parse(value).replaceAll(/[0-9A-F]{8}(Arn[0-9A-F]{8})?/g, '');

const list = z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]);
const Policy = z.object({
  PolicyDocument: z.object({
    Statement: z.array(
      z.object({
        Effect: z.string(),
        Action: list,
        Resource: list,
        Condition: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
  }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

/** What a role may do: resources, each with its actions, sorted. Conditions stand behind the resource. */
export const permissions = (stack: StackResources, role: string): Readonly<Record<string, readonly string[]>> => {
  const statements = stack
    .ofType('AWS::IAM::Policy')
    .map(([, { Properties }]) => Policy.parse(Properties))
    .filter(({ Roles }) => Roles.some((one) => text(one) === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const permitted: Record<string, string[]> = {};
  for (const { Effect, Action, Resource, Condition } of statements) {
    if (Effect !== 'Allow') throw new Error(`unexpected effect ${Effect}`);
    for (const resource of Resource) {
      const key = `${text(resource)}${Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`}`;
      permitted[key] = [...(permitted[key] ?? []), ...Action.map(String)].sort();
    }
  }
  return permitted;
};
