import * as z from 'zod';
import { Decision } from '../../functions/domain/contract/decision.ts';
import { tolerantWire } from '../../functions/domain/contract/wire.ts';

/** What a replay reads of a turn, in the form of `GET /v1/conversations/…`: what other versions add is left out. */
export const StoredTurn = tolerantWire({
  turn_id: z.string(),
  created_at: z.string().optional(),
  status: z.string().optional(),
  message: z.string().optional(),
  attachments: z.array(z.object({ name: z.string(), content: z.string() })).optional(),
  response: tolerantWire({ agent_id: z.string().nullable() }).optional(),
  routing: Decision.optional(),
  /** The same under the name that it is stored by. */
  decision: Decision.optional(),
});
export type StoredTurn = z.output<typeof StoredTurn>;

/** A decision, or a turn without one yet, and where it was found. */
export interface Entry {
  /** Line of a file, from 1. */
  readonly line?: number;
  readonly turn?: StoredTurn;
  readonly decision: Decision | undefined;
  /** Role of the agent that gave the conversation's answer before; undefined if there was none, or nobody knows. */
  readonly previousRole?: string | undefined;
}
