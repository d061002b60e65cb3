import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { RoleAdditions } from '../functions/domain/contract/roles.ts';

/** The issuer in `cdk.json` of a fresh checkout: good enough to synthesize, refused in production. */
export const EXAMPLE_ISSUER = 'https://replace-this-issuer.example.com';

/** Where the local cloud's own issuer is by default. */
const LOCAL_ISSUER = 'http://127.0.0.1:3000/_local/oidc';

/** What CloudWatch Logs accepts and is of use here. */
const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

/** `-c name=value` always gives a string: reads it as JSON, which numbers, `true` and `false` are too. */
const coerced = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      if (!/^\s*[{[]/.test(value)) return value; // the schema says what it wants instead
      context.addIssue({ code: 'custom', message: 'is not valid JSON (cdk reads a value up to its first line break)' });
      return z.NEVER;
    }
  }, schema);
const object = <S extends z.ZodRawShape>(shape: S) => coerced(z.strictObject(shape));

const issuer = z.url({ protocol: /^https?$/, error: 'must be the URL of an OpenID Connect issuer' });
const claim = z.string().min(1).max(128);
/** They stand in an environment variable; Lambda has 4 KB for all of a function's. */
const MAX_HOSTS_LENGTH = 2_000;
const agentHost = z
  .string()
  .max(253)
  .regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'must be a host in lower case, or one after *. for every name below it');

/** Every setting by its name in `cdk.json` and in `-c name=value`. */
const Shape = z.strictObject({
  /** Names the stacks, the API's stage and the metrics' dimension. `local` is the local cloud, `prod` keeps its data. */
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1–20 of a-z 0-9 - and start with a letter')
    .default('dev'),
  logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
  /** What answers inside the built-in agents; `offline` needs no model. */
  modelProvider: z.enum(['offline']).default('offline'),
  /** Which model of that provider; `offline` has none. */
  modelId: z.string().min(1).max(256).optional(),
  /** OpenID Connect issuer of the callers' tokens; this or `cognito`. */
  oidcIssuer: issuer.optional(),
  oidcAudience: z.string().min(1).max(256).default('switchboard'),
  /** @default - as the issuer's discovery document says */
  oidcJwksUri: issuer.optional(),
  cognito: object({
    userPoolId: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d_[A-Za-z0-9]+$/, 'must be an id like eu-west-1_AbC123'),
    clientIds: z.array(z.string().min(1)).min(1),
    /** Identifier of the resource server that defines the scopes. */
    resourceServer: z.string().min(1).default('switchboard'),
  }).optional(),
  /** Names of the claims that say who the caller is and what he may do. */
  claims: object({
    userId: claim.default('sub'),
    tenant: claim.default('tenant'),
    scopes: claim.default('scope'),
  }).prefault({}),
  /** With it a token without tenant claim is refused; without it every caller is of the tenant `default`. */
  multiTenant: coerced(z.boolean()).default(false),
  /** Hosts that HTTPS agents may have, such as `["*.example.com"]`. @default - every public host */
  agentHosts: coerced(
    z
      .array(agentHost)
      .min(1)
      .refine((hosts) => hosts.join(',').length <= MAX_HOSTS_LENGTH, 'must have 2,000 characters at most'),
  ).optional(),
  /** Roles beyond those that ship, and additions to these; in the form of `functions/domain/contract/roles.json`. */
  roles: coerced(RoleAdditions).prefault({}),
  /** When a registered supervisor is asked, and for how long: docs/supervisors.md. */
  supervisor: object({
    mode: z.enum(['when_unsure', 'always']).default('when_unsure'),
    timeoutMs: coerced(z.int().min(100).max(10_000)).default(1_500),
  }).prefault({}),
  /** Who gets the alarms by e-mail. */
  alarmEmail: z.email('must be an e-mail address').optional(),
  /** Days that an ended turn and its conversation are kept. */
  retentionDays: coerced(z.int().min(1).max(3650)).default(90),
  logRetentionDays: coerced(z.int())
    .refine((days) => LOG_RETENTION_DAYS.some((allowed) => allowed === days), {
      error: `must be one of ${LOG_RETENTION_DAYS.join(', ')}`,
    })
    .default(30),
  /** What becomes of tables, queues and logs when their stack is deleted. @default - `retain` in prod, else `destroy` */
  removalPolicy: z.enum(['retain', 'destroy']).optional(),
  /** Requests a second over all callers, and how many may come at once. */
  throttleRate: coerced(z.number().positive().max(10_000)).default(100),
  throttleBurst: coerced(z.int().min(1).max(5_000)).default(200),
});
type Shape = z.output<typeof Shape>;

/** The validated settings of one stage. */
export interface Settings extends Omit<Shape, 'oidcIssuer' | 'removalPolicy'> {
  /** Cognito's own issuer if `cognito` is set. */
  readonly oidcIssuer: string;
  readonly removalPolicy: 'retain' | 'destroy';
}

/** A setting that is missing, unknown or bad. `message` names it, one line each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Keys of the CDK itself, such as feature flags: `aws:cdk:…`, `@aws-cdk/…`, and what its CLI adds. */
const isOfCdk = (key: string): boolean => key.includes(':') || key.startsWith('@') || key === 'cli-telemetry';

const conflicts = (shape: Shape): string[] => {
  const { stage, oidcIssuer, cognito, removalPolicy } = shape;
  const lines: string[] = [];
  if (shape.modelId !== undefined && shape.modelProvider === 'offline')
    lines.push('modelId: must not be set with modelProvider offline, which has no model');
  if (cognito && oidcIssuer && oidcIssuer !== EXAMPLE_ISSUER) lines.push('oidcIssuer: must not be set beside cognito');
  if (!cognito && !oidcIssuer && stage !== 'local') lines.push('oidcIssuer: is missing; set it or cognito');
  if (!cognito && oidcIssuer === EXAMPLE_ISSUER && stage === 'prod')
    lines.push('oidcIssuer: is still the example of cdk.json; set the issuer of your tokens, or cognito');
  for (const [name, url] of [['oidcIssuer', oidcIssuer] as const, ['oidcJwksUri', shape.oidcJwksUri] as const])
    if (url?.startsWith('http:') && stage !== 'local') lines.push(`${name}: must be https`);
  if (stage === 'prod' && removalPolicy === 'destroy') lines.push('removalPolicy: must be retain in prod');
  return lines;
};

const issuerOf = ({ cognito, oidcIssuer }: Shape): string =>
  cognito
    ? `https://cognito-idp.${cognito.userPoolId.split('_')[0]}.amazonaws.com/${cognito.userPoolId}`
    : (oidcIssuer ?? LOCAL_ISSUER);

/**
 * The settings in a CDK context: what `-c` says, else what `cdk.json` says (the CLI merges the two in this order),
 * else the defaults above. Keys of the CDK itself are left alone.
 *
 * @throws SettingsError naming every setting that is missing, unknown or bad
 */
export const parseSettings = (context: Readonly<Record<string, unknown>>): Settings => {
  const own = Object.fromEntries(Object.entries(context).filter(([key]) => !isOfCdk(key)));
  const result = Shape.safeParse(own);
  const lines = result.success
    ? conflicts(result.data)
    : result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `${[...issue.path, key].join('.')}: is not a setting`)
          : [`${issue.path.join('.')}: ${issue.message}`],
      );
  if (!result.success || lines.length > 0) throw new SettingsError(lines.join('\n'));
  const shape = result.data;
  const removalPolicy = shape.removalPolicy ?? (shape.stage === 'prod' ? 'retain' : 'destroy');
  return { ...shape, oidcIssuer: issuerOf(shape), removalPolicy };
};

/** The context of the checkout's `cdk.json`, for those who synthesize without the CDK's CLI. */
export const cdkJsonContext = (): Record<string, unknown> =>
  z
    .object({ context: z.record(z.string(), z.unknown()) })
    .parse(JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8'))).context;
