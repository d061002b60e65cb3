import * as z from 'zod';
import { tolerantWire } from './wire.ts';

/** What the message asks for, as far as routing could tell. */
export const Intent = tolerantWire({
  /** A role, or `none`: small talk, gibberish, nothing about software. */
  role: z.string(),
  task_type: z.string(),
  /** In [0, 1]; null when the tier that decided does not judge it. */
  complexity: z.number().min(0).max(1).nullable(),
  domains: z.array(z.string()),
  steps: z.array(z.string()).optional(),
}).meta({ id: 'Intent' });
export type Intent = z.output<typeof Intent>;

export const Candidate = tolerantWire({
  agent_id: z.string(),
  score: z.number(),
  /** Each signal's share of the score, by name. */
  signals: z.record(z.string(), z.number()),
  /** Why a gate took the agent out, whatever its score. */
  rejected: z.enum(['unhealthy', 'wrong_role', 'not_pinned', 'already_tried', 'circuit_open']).optional(),
}).meta({ id: 'Candidate' });
export type Candidate = z.output<typeof Candidate>;

/** Who should answer and why. */
export const Decision = tolerantWire({
  /** Null when the message is out of scope or nobody can take it. */
  target_agent: z.string().nullable(),
  role: z.string(),
  /** In [0, 1]. */
  confidence: z.number().min(0).max(1),
  tier: z.enum(['rule', 'model', 'supervisor', 'pinned', 'fallback']),
  /** Why, for a human: the rule or the words that decided. */
  reasons: z.array(z.string()),
  candidates: z.array(Candidate),
  intent: Intent,
  took_ms: z.number().min(0),
  policy_version: z.string(),
}).meta({ id: 'Decision' });
export type Decision = z.output<typeof Decision>;
