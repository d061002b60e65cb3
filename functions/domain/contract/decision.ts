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
  /** Of each role that the model knows, and of `none`, in [0, 1], to three decimals. */
  probabilities: z.record(z.string(), z.number()).optional(),
}).meta({ id: 'Intent' });
export type Intent = z.output<typeof Intent>;

export const Candidate = tolerantWire({
  agent_id: z.string(),
  /** Absent in decisions of earlier versions. */
  role: z.string().optional(),
  /** The policy's weight of each signal × its value, summed up. */
  score: z.number(),
  /** Each signal as measured, in [0, 1], by name; absent: 0. */
  signals: z.record(z.string(), z.number()),
  /** Why a gate took the agent out, whatever its score. */
  rejected: z
    .enum([
      'already_tried',
      'not_pinned',
      'not_sub_agent',
      'wrong_role',
      'lacks_capability',
      'paused',
      'unhealthy',
      'circuit_open',
    ])
    .optional(),
}).meta({ id: 'Candidate' });
export type Candidate = z.output<typeof Candidate>;

/** One call of a supervisor, and what became of it. */
export const SupervisorCall = tolerantWire({
  agent_id: z.string(),
  /** `invalid`: it named nobody, or nobody who may answer. */
  outcome: z.enum(['chose', 'invalid', 'timed_out', 'failed']),
  took_ms: z.number().min(0),
}).meta({ id: 'SupervisorCall' });
export type SupervisorCall = z.output<typeof SupervisorCall>;

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
  /** Those that were asked, in this order; absent if none was. */
  supervisors: z.array(SupervisorCall).optional(),
  /** Without the time that supervisors took. */
  took_ms: z.number().min(0),
  policy_version: z.string(),
  /** Which model read the intent. */
  model_version: z.string().optional(),
}).meta({ id: 'Decision' });
export type Decision = z.output<typeof Decision>;
