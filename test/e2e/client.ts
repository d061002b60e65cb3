import { type Contract, makeContract } from './contract.ts';

// biome-ignore lint/suspicious/noExplicitAny: the contract has checked the body, and a wrong path fails the test
type Body = any;

/** A reply that keeps the contract. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface RequestOptions {
  /** Sent as they are; `undefined` takes one of the client's own away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

export interface Client {
  readonly url: string;
  get(path: string, options?: RequestOptions): Promise<Reply>;
  /** Sends `body` as JSON; text and bytes as they are. */
  post(path: string, body: unknown, options?: RequestOptions): Promise<Reply>;
  send(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, options?: RequestOptions): Promise<Reply>;
  /** `POST /v1/agents/message` of a message or of a whole request. */
  say(message: string | Record<string, unknown>, options?: RequestOptions): Promise<Reply>;
  /** The same API with another token; with none for null. */
  as(token: string | null): Client;
}

const contracts = new Map<string, Promise<Contract>>();

const fetchContract = async (url: string): Promise<Contract> => {
  const response = await fetch(`${url}/v1/openapi.json`);
  if (!response.ok) throw new Error(`${url}/v1/openapi.json answered ${response.status}`);
  return makeContract((await response.json()) as Record<string, unknown>);
};

/** The contract of an API, fetched once. */
export const contractOf = (url: string): Promise<Contract> => {
  const contract = contracts.get(url) ?? fetchContract(url);
  contracts.set(url, contract);
  return contract;
};

/** A caller of the API. Every reply is held against the contract that the API serves; one that breaks it throws. */
export const makeClient = (url: string, token: string | null): Client => {
  const send: Client['send'] = async (method, path, body, { headers = {}, timeoutMs = 60_000 } = {}) => {
    const contract = await contractOf(url);
    const all = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    const response = await fetch(`${url}${path}`, {
      method,
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    const { status } = response;
    const checked = contract.check({ method, path: path.split('?')[0] ?? '', status, headers: response.headers, text });
    return { status, headers: response.headers, body: checked };
  };
  const post: Client['post'] = (path, body, options) =>
    send(
      'POST',
      path,
      body instanceof Uint8Array || typeof body === 'string' ? (body as string) : JSON.stringify(body),
      options,
    );
  return {
    url,
    send,
    post,
    get: (path, options) => send('GET', path, undefined, options),
    say: (message, options) => post('/v1/agents/message', typeof message === 'string' ? { message } : message, options),
    as: (other) => makeClient(url, other),
  };
};
