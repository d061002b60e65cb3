import * as z from 'zod';

/** What Secrets Manager takes. */
const MAX_NAME = 512;
const MAX_VALUE = 4096;
const MAX_HEADERS = 20;

/** Headers that belong to the connection, to the body or to Switchboard. */
const RESERVED =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|date|accept.*|content-.*|proxy-.*|sec-.*|webhook-.*|user-agent)$/;

const HeaderName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/)
  .toLowerCase()
  .refine((name) => !RESERVED.test(name), 'is a header that a secret cannot set');
const HeaderValue = z
  .string()
  .max(MAX_VALUE)
  .regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);

/** `whsec_` and base64 of 24 to 64 bytes, as Standard Webhooks has it. */
const SigningKey = z
  .string()
  .regex(/^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
  .refine((key) => {
    const bytes = Math.floor((key.replace(/^whsec_|=/g, '').length * 3) / 4);
    return bytes >= 24 && bytes <= 64;
  }, 'must have 24 to 64 bytes');

/** The name of an agent's secret: stage, owner and host that it is bound to, and a name of its own. */
export const AgentSecretName = z
  .string()
  .max(MAX_NAME)
  .regex(
    /^switchboard\/[a-z0-9-]+\/(?:global|t-[A-Za-z0-9.@_-]+)\/[A-Za-z0-9._-]+\/[A-Za-z0-9+=.@_-]{1,128}$/,
    'must be switchboard/<stage>/<owner>/<host>/<name>, where <owner> is global or t-<tenant>',
  );

/** What a secret of Secrets Manager holds: how Switchboard shows an HTTPS agent who it is. */
export const AgentSecret = z
  .strictObject({
    bearer: z
      .string()
      .max(MAX_VALUE)
      .regex(/^[\x21-\x7e]+$/)
      .optional(),
    headers: z
      .record(HeaderName, HeaderValue)
      .refine((headers) => Object.keys(headers).length <= MAX_HEADERS)
      .optional(),
    signing_key: SigningKey.optional(),
  })
  .refine((secret) => Object.values(secret).some((value) => value !== undefined), 'holds nothing')
  .refine(({ bearer, headers }) => bearer === undefined || headers?.authorization === undefined, 'authorizes twice');
export type AgentSecret = z.output<typeof AgentSecret>;
