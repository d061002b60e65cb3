import { AgentSecretName } from '../contract/agent-secret.ts';
import { hostOf } from './endpoint-host.ts';

/** Text as one part of a secret's name: everything but `A-Z a-z 0-9 . @ -` is `_XX`, hex of its UTF-8 bytes. */
const namePart = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[_!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%40', '@')
    .replaceAll('%', '_');

/** Owner and host of a secret, and whether it may be used between the two. */
export interface SecretUse {
  readonly secret: string;
  /** A tenant, or `global`. */
  readonly owner: string;
  /** Where what the secret holds is sent. */
  readonly endpointUrl: string;
  readonly stage: string;
}

/**
 * Says why a secret may not be used for an owner's agent at an endpoint. Its name, `switchboard/<stage>/<owner>/<host>/…`,
 * binds it to both: another tenant's secret, or one's own for another host, has another name.
 * @returns what is wrong, fit for whoever registers the agent; undefined if nothing is
 */
export const secretProblem = ({ secret, owner, endpointUrl, stage }: SecretUse): string | undefined => {
  const host = hostOf(endpointUrl);
  if (host === undefined) return 'only an agent with an HTTPS endpoint has credentials';
  const ownerPart = owner === 'global' ? 'global' : `t-${namePart(owner)}`;
  const prefix = `switchboard/${stage}/${ownerPart}/${namePart(host)}/`;
  const isBound = secret.startsWith(prefix) && AgentSecretName.safeParse(secret).success;
  return isBound ? undefined : `must be ${prefix} and a name of A-Z a-z 0-9 + = . @ _ -`;
};
