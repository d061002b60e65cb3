import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../application/ports.ts';
import { AgentSecret } from '../domain/access/agent-secret.ts';
import { untilAborted } from './until-aborted.ts';

/** A secret that is not there, that may not be read, or that is no agent's secret. Its message holds nothing of it. */
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

const parseSecret = (text: string | undefined): AgentSecret => {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    // Without a cause: a syntax error quotes the text.
    throw new SecretUnreadable('it is not JSON');
  }
  const parsed = AgentSecret.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path, code }) => `${String(path[0] ?? 'the whole')}: ${code}`);
  throw new SecretUnreadable(where.join('; '));
};

/** Reads secrets from Secrets Manager and keeps them in memory for a while. */
export const makeSecrets = (client: Pick<SecretsManagerClient, 'send'>, clock: Clock): Secrets => {
  const keptByName = new Map<string, Kept>();

  const fetchSecret = async (name: string): Promise<AgentSecret> => {
    const reading = client.send(new GetSecretValueCommand({ SecretId: name }), {
      abortSignal: AbortSignal.timeout(READ_TIMEOUT_MS),
    });
    const { SecretString } = await reading.catch((cause: Error) => {
      throw new SecretUnreadable(cause.name);
    });
    return parseSecret(SecretString);
  };

  const begin = (name: string): Kept => {
    const [oldest] = keptByName.keys();
    if (keptByName.size >= MAX_KEPT && oldest !== undefined) keptByName.delete(oldest);
    const readAtMs = clock();
    const kept: Kept = { secret: fetchSecret(name), readAtMs, untilMs: readAtMs + KEPT_MS };
    kept.secret.catch(() => {
      kept.untilMs = readAtMs + RETRY_MS;
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
