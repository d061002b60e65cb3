import * as z from 'zod';
import { TenantId, UserId } from '../contract/ids.ts';

/** Where a token says who its bearer is. */
export const OidcSettings = z.object({
  issuer: z.url(),
  audience: z.string().min(1),
  /** As the issuer's discovery document says, if absent. */
  jwksUri: z.url().optional(),
  claims: z.object({ userId: z.string(), tenant: z.string(), scopes: z.string() }),
  /** Cognito's access tokens name a client instead of an audience. */
  cognito: z.object({ userPoolId: z.string(), clientIds: z.array(z.string()), resourceServer: z.string() }).optional(),
  /** With it, a token without tenant is refused; without it, every token is of the tenant `default`. */
  multiTenant: z.boolean(),
});
export type OidcSettings = z.output<typeof OidcSettings>;

export type Bearer =
  | { readonly kind: 'known'; readonly tenant: TenantId; readonly userId: UserId; readonly scopes: readonly string[] }
  /** The token is genuine, but does not say what it must. */
  | { readonly kind: 'refused'; readonly reason: string };

const Scopes = z.union([z.string().transform((text) => text.split(' ')), z.array(z.string())]);

/** Cognito writes a scope as `resource-server/messages:write`; those of other resource servers are not ours. */
const ownScopes = (scopes: readonly string[], { cognito }: OidcSettings): readonly string[] => {
  const prefix = cognito === undefined ? '' : `${cognito.resourceServer}/`;
  return scopes.filter((scope) => scope !== '' && scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length));
};

/** Who bears a token with these (verified) claims. */
export const bearerOf = (claims: Readonly<Record<string, unknown>>, settings: OidcSettings): Bearer => {
  const userId = UserId.safeParse(claims[settings.claims.userId]);
  if (!userId.success) return { kind: 'refused', reason: `claim ${settings.claims.userId} names no user` };
  const tenant = TenantId.safeParse(settings.multiTenant ? claims[settings.claims.tenant] : 'default');
  if (!tenant.success) return { kind: 'refused', reason: `claim ${settings.claims.tenant} names no tenant` };
  const scopes = Scopes.safeParse(claims[settings.claims.scopes] ?? '');
  if (!scopes.success) return { kind: 'refused', reason: `claim ${settings.claims.scopes} lists no scopes` };
  const scopesHeld = ownScopes(scopes.data, settings);
  return { kind: 'known', tenant: tenant.data, userId: userId.data, scopes: scopesHeld };
};
