import type { Decision } from '../../functions/domain/contract/decision.ts';
import type { ReadIntent } from '../../functions/domain/routing/intent/intent-reading.ts';
import { rounded } from '../../functions/domain/routing/scoring/signals.ts';
import type { Entry } from './stored-turn.ts';

interface Said {
  readonly model: string;
  readonly role: string;
  /** In [0, 1]; null if the decision does not say. */
  readonly probability: number | null;
}

/** What a decision's model read in the message, and what today's does. */
export interface ReadAgain {
  readonly was: Said;
  readonly now: Said;
}

const isByModel = ({ tier }: Decision): boolean => tier === 'model' || tier === 'fallback';

/** Reads a turn's message anew; undefined where its text is not stored, or somebody else than the model decided. */
export const readAgain = ({ turn, decision, previousRole }: Entry, readIntent: ReadIntent): ReadAgain | undefined => {
  if (turn?.message === undefined || decision === undefined || !isByModel(decision)) return undefined;
  const { message, attachments = [] } = turn;
  const { intent, modelVersion = 'unknown' } = decision;
  const { model, role, confidence } = readIntent({ message, attachments, previousRole });
  return {
    was: { model: modelVersion, role: intent.role, probability: intent.probabilities?.[intent.role] ?? null },
    now: { model, role, probability: rounded(confidence) },
  };
};

export const isOtherRole = ({ was, now }: ReadAgain): boolean => was.role !== now.role;
