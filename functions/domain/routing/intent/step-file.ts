import * as z from 'zod';
import { EVIDENCE } from './step-evidence.ts';
import { ORDERS } from './step-orders.ts';
import { CLAUSE_COLUMNS, type FoldedWeights, type StepWeights, WHOLE_COLUMNS } from './step-weights.ts';
import { readWeightsFile, Section } from './weights-file.ts';

const columns = (count: number) =>
  z.object({ biases: z.array(z.number()).length(count), scales: z.array(z.number()).length(count) });

/** What precedes the arrays of steps.bin, as JSON. */
export const StepHeader = z.object({
  clauses: columns(CLAUSE_COLUMNS),
  whole: columns(WHOLE_COLUMNS),
  habits: z.array(z.number()).length(ORDERS.length),
  evidence: z.array(z.number()).length(EVIDENCE),
  hearing: z.object({ scales: z.array(z.number()).length(CLAUSE_COLUMNS) }),
  several_from: z.number().min(0).max(1),
  sections: z.object({
    clause_rarities: Section,
    clause_weights: Section,
    whole_rarities: Section,
    whole_weights: Section,
    hearing_weights: Section,
  }),
});
export type StepHeader = z.output<typeof StepHeader>;

/** Reads the weights of `makeReadSteps`. @throws if the file is not whole or its parts do not fit together */
export const readStepWeights = (file: Uint8Array): StepWeights => {
  const { header, unsigned, signed } = readWeightsFile(file, StepHeader);
  const { sections, clauses, whole, habits, evidence, hearing, several_from: severalFrom } = header;
  const folded = (of: typeof clauses, rarities: Uint8Array, weights: Int8Array): FoldedWeights => {
    const { length: places } = rarities;
    if (places < 1 || (places & (places - 1)) !== 0 || weights.length !== places * of.biases.length)
      throw new RangeError('the weights of steps do not fit their places');
    return { ...of, rarities, weights };
  };
  return {
    clauses: folded(clauses, unsigned(sections.clause_rarities), signed(sections.clause_weights)),
    whole: folded(whole, unsigned(sections.whole_rarities), signed(sections.whole_weights)),
    habits,
    evidence,
    hearing: { ...hearing, weights: signed(sections.hearing_weights) },
    severalFrom,
  };
};
