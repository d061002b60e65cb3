import { createHash } from 'node:crypto';

const SUFFIX_LENGTH = 6;
const ARN = /^arn:aws:secretsmanager:[^:]*:\d*:secret:(.+)-[A-Za-z0-9]{6}$/;

/** ARN of a secret. Secrets Manager ends it with six characters of chance; here the name decides them. */
export const secretArn = ({ region, accountId }: { region: string; accountId: string }, name: string): string => {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, SUFFIX_LENGTH);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
};

/** The name that a `SecretId`, a name or an ARN, means. */
export const secretName = (secretId: string): string => ARN.exec(secretId)?.[1] ?? secretId;
