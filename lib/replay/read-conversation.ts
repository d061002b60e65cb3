import * as z from 'zod';
import { Problem } from '../../functions/domain/contract/failures.ts';
import { ReadError } from './read-error.ts';
import { type Entry, StoredTurn } from './stored-turn.ts';

/** Where a conversation is, and who may read it. */
export interface Source {
  /** Base URL of the API, with its stage. */
  readonly url: string;
  /** Of the user whose conversation it is. */
  readonly token: string;
}

const Page = z.object({ turns: z.array(StoredTurn), next: z.string().optional() });

const TURNS_A_PAGE = 20;
const PAGE_TIMEOUT_MS = 30_000;
/** Turns that the router looks back for who answered last. */
const LOOKED_BACK = 12;

const refusal = (status: number, body: unknown): string => {
  const { data } = Problem.safeParse(body);
  return data === undefined ? `the API answered ${status}` : `${data.code}: ${data.detail}`;
};

const pageOf = async (address: string, token: string): Promise<z.output<typeof Page>> => {
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    signal: AbortSignal.timeout(PAGE_TIMEOUT_MS),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(refusal(response.status, body));
  const page = Page.safeDecode(body as z.input<typeof Page>);
  if (!page.success) throw new Error('the API answered something else than a conversation');
  return page.data;
};

async function* turnsOf({ url, token }: Source, conversationId: string): AsyncGenerator<StoredTurn> {
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: `${TURNS_A_PAGE}`, ...(cursor === undefined ? {} : { cursor }) });
    const { turns, next } = await pageOf(
      `${url.replace(/\/$/, '')}/v1/conversations/${encodeURIComponent(conversationId)}?${query}`,
      token,
    );
    yield* turns;
    cursor = next;
  } while (cursor !== undefined);
}

/** Role of the agent that answered it, as the router sees that of the newest turn before. */
const answeredIn = ({ status, response, routing }: StoredTurn): string | undefined =>
  status === 'answered' && response !== undefined && response.agentId !== null ? routing?.role : undefined;

/** Each turn with the role that answered before it: turns come newest first, so it waits for an older one. */
async function* withPreviousRole(turns: AsyncIterable<StoredTurn>): AsyncGenerator<Entry> {
  let waiting: StoredTurn[] = [];
  for await (const turn of turns) {
    const previousRole = answeredIn(turn);
    if (previousRole !== undefined) {
      for (const later of waiting) yield { turn: later, decision: later.routing, previousRole };
      waiting = [];
    }
    waiting.push(turn);
    const [first] = waiting;
    if (waiting.length <= LOOKED_BACK || first === undefined) continue;
    yield { turn: first, decision: first.routing };
    waiting.shift();
  }
  for (const turn of waiting) yield { turn, decision: turn.routing };
}

/**
 * The turns of a conversation, newest first, as its user reads them from a running Switchboard.
 * @throws ReadError where there is none, or the API does not answer
 */
export async function* readConversation(source: Source, conversationId: string): AsyncGenerator<Entry> {
  try {
    yield* withPreviousRole(turnsOf(source, conversationId));
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? `${message} (${cause.message})` : message;
    throw new ReadError(`conversation ${conversationId} at ${source.url}: ${reason}`, { cause: error });
  }
}
