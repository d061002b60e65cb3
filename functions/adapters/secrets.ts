import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type * as z from 'zod';
import type { Clock, Log } from '../application/ports.ts';
import { AgentSecret } from '../domain/contract/agent-secret.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * A secret that is not there, that may not be read, or that is no agent's secret. Its message is fit for whoever
 * registers the agent and holds nothing of it; its cause is for the log.
 */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/** Secrets of agents by name; at most some minutes old. */
export interface Secrets {
  /** @throws SecretUnreadable; the signal's reason */
  read(name: string, signal: AbortSignal): Promise<AgentSecret>;
  /** Says that an agent did not take what a secret holds: it may have been changed, and is read anew before long. */
  doubt(name: string): void;
}

const KEPT_MS = 5 * 60_000;
/** How long a fault is remembered, and the least time between two reads: a busy agent must cause no storm of calls. */
const RETRY_MS = 10_000;
const READ_TIMEOUT_MS = 3_000;
const MAX_KEPT = 1_000;

export const makeSecretsClient = (): SecretsManagerClient =>
  new SecretsManagerClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 1_000 } });

interface Kept {
  readonly secret: Promise<AgentSecret>;
  readonly readAtMs: number;
  untilMs: number;
}

/** What Secrets Manager's errors mean, by name. */
const FAULTS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'there is no such secret',
  // It is marked for deletion.
  InvalidRequestException: 'there is no such secret any more',
  AccessDeniedException: 'the secret may not be read',
  DecryptionFailure: 'the secret may not be read: not decrypted with its key',
};
const NOT_NOW = 'the secret cannot be read at the moment';

/** Keys that people write by mistake. Any other may be the secret itself. */
const FIELD_NAME = /^[A-Za-z_-]{1,32}$/;

const MAX_FAULTS = 5;

const misshapen = (what: string): SecretUnreadable =>
  new SecretUnreadable(`the secret is not {"bearer"?, "headers"?, "signing_key"?}: ${what}`);

/** What is wrong with a secret, by its fields' names alone. */
const faultsOf = (issue: z.core.$ZodIssue): readonly string[] => {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${FIELD_NAME.test(key) ? key : 'another key'} is not a field`);
  const [field] = issue.path;
  if (field !== undefined) return [`${String(field)} is malformed`];
  return [issue.code === 'custom' ? issue.message : 'it is no JSON object'];
};

const parseSecret = (text: string | undefined): AgentSecret => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    // Without a cause: a syntax error quotes the text.
    throw misshapen('it is not JSON');
  }
  const parsed = AgentSecret.safeParse(value);
  if (parsed.success) return parsed.data;
  throw misshapen([...new Set(parsed.error.issues.flatMap(faultsOf))].slice(0, MAX_FAULTS).join(', '));
};

/** Reads secrets from Secrets Manager and keeps them in memory for a while. What it cannot read it logs, once a read. */
export const makeSecrets = (
  client: Pick<SecretsManagerClient, 'send'>,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Log, 'warn'> },
): Secrets => {
  const keptByName = new Map<string, Kept>();

  const fetchSecret = async (name: string): Promise<AgentSecret> => {
    const reading = client.send(new GetSecretValueCommand({ SecretId: name }), {
      abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS),
    });
    const { SecretString } = await reading.catch((cause: Error) => {
      throw new SecretUnreadable(FAULTS[cause.name] ?? NOT_NOW, { cause: cause.name });
    });
    return parseSecret(SecretString);
  };

  const begin = (name: string): Kept => {
    const [oldest] = keptByName.keys();
    if (keptByName.size >= MAX_KEPT && oldest !== undefined) keptByName.delete(oldest);
    const readAtMs = clock();
    const kept: Kept = { secret: fetchSecret(name), readAtMs, untilMs: readAtMs + KEPT_MS };
    kept.secret.catch(({ message: reason, cause }: Error) => {
      kept.untilMs = readAtMs + RETRY_MS;
      log.warn('secret not readable', { secret: name, reason, cause });
    });
    keptByName.delete(name);
    keptByName.set(name, kept);
    return kept;
  };

  return {
    read: (name, signal) => {
      const known = keptByName.get(name);
      const { secret } = known !== undefined && clock() < known.untilMs ? known : begin(name);
      return untilAborted(secret, signal);
    },
    doubt: (name) => {
      const kept = keptByName.get(name);
      if (kept !== undefined) kept.untilMs = Math.min(kept.untilMs, kept.readAtMs + RETRY_MS);
    },
  };
};
