import { parseArgs } from 'node:util';
import { Endpoint } from '../../functions/domain/contract/agent.ts';
import { RoleName } from '../../functions/domain/contract/roles.ts';
import { signingKeyBytes } from './sign-request.ts';

export const USAGE = `npm run agent:check -- URL|ARN [options]

Sends real requests (about 45) to an agent and says how it keeps the contract of docs/agents.md.
An agent that calls a model does so for most of them.

  --health URL|ARN   where its health check is (default: the agent itself)
  --role ROLE        the role that it is asked in (debugger); also one of your installation
  --timeout S        seconds that one answer may take: its timeout_seconds (30)
  --bearer TOKEN     sent as Authorization: Bearer TOKEN
  --header N:V       sent with every request; may be given several times
  --signing-key KEY  signs every request (whsec_…) and tries bad signatures
  --endpoint-url U   where Lambda is; also AWS_ENDPOINT_URL (AWS)
  --json             prints one JSON document at the end and nothing else
  --help             prints this

Exit code 0: nothing failed. 1: something did. 2: wrong usage, or no AWS credentials to invoke a function with.`;

/** What to check, and how. */
export interface CheckOptions {
  /** URL or ARN. */
  readonly address: string;
  readonly healthAddress?: string;
  readonly role: string;
  readonly timeoutMs: number;
  /** Headers that authenticate every request. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly signingKey?: Buffer;
  /** Where Lambda is, if not where the SDK finds it. */
  readonly endpointUrl?: string;
}

/** Arguments that make no sense, or credentials that are missing; its message says which, and never quotes a secret. */
export class UsageError extends Error {}

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        health: { type: 'string' },
        role: { type: 'string', default: 'debugger' },
        timeout: { type: 'string', default: '30' },
        bearer: { type: 'string' },
        header: { type: 'string', multiple: true, default: [] as string[] },
        'signing-key': { type: 'string' },
        'endpoint-url': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0], { cause: error });
  }
};

const addressOf = (text: string): string => {
  const isAddress = Endpoint.safeParse(text).success && (text.startsWith('arn:') || URL.canParse(text));
  if (!isAddress) throw new UsageError(`${text} is neither the URL nor the ARN of an agent`);
  return text;
};

const headerOf = (text: string): readonly [string, string] => {
  const [, name, value] = /^([!#$%&'*+.^_`|~A-Za-z0-9-]+):[ \t]*([\x20-\x7e]+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError('--header wants name:value');
  return [name.toLowerCase(), value];
};

const credentialsOf = (bearer: string | undefined, headers: readonly string[]): Record<string, string> => ({
  ...(bearer === undefined ? {} : Object.fromEntries([headerOf(`authorization:Bearer ${bearer}`)])),
  ...Object.fromEntries(headers.map(headerOf)),
});

const signingKeyOf = (text: string): Buffer => {
  const key = signingKeyBytes(text);
  if (key === undefined) throw new UsageError('--signing-key is not whsec_ and the base64 of 24 to 64 bytes');
  return key;
};

const timeoutMsOf = (text: string): number => {
  const seconds = Number(text);
  if (!(/^\d+(\.\d+)?$/.test(text) && seconds >= 1 && seconds <= 900))
    throw new UsageError(`--timeout ${text} is not a number of seconds from 1 to 900`);
  return seconds * 1000;
};

/** Reads the command line. @throws UsageError */
export const readOptions = (
  args: readonly string[],
): { readonly help: boolean; readonly json: boolean; readonly check?: CheckOptions } => {
  const { values, positionals } = parse(args);
  if (values.help) return { help: true, json: values.json };
  const [address, ...others] = positionals;
  if (address === undefined) throw new UsageError('which agent? Give its URL or ARN');
  if (others.length > 0) throw new UsageError('one agent at a time');
  const wrongRole = RoleName.safeParse(values.role).error?.issues[0];
  if (wrongRole !== undefined) throw new UsageError(`--role ${values.role} ${wrongRole.message}`);
  const { health, 'signing-key': signingKey, 'endpoint-url': endpointUrl } = values;
  if (endpointUrl !== undefined && !URL.canParse(endpointUrl)) throw new UsageError('--endpoint-url is not a URL');
  return {
    help: false,
    json: values.json,
    check: {
      address: addressOf(address),
      ...(health === undefined ? {} : { healthAddress: addressOf(health) }),
      role: values.role,
      timeoutMs: timeoutMsOf(values.timeout),
      credentials: credentialsOf(values.bearer, values.header),
      ...(signingKey === undefined ? {} : { signingKey: signingKeyOf(signingKey) }),
      ...(endpointUrl === undefined ? {} : { endpointUrl }),
    },
  };
};
