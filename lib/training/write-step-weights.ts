import type { StepHeader } from '../../functions/domain/routing/intent/step-file.ts';
import type { StepWeights } from '../../functions/domain/routing/intent/step-weights.ts';
import { writeWeightsFile } from './write-weights-file.ts';

/** The bytes of steps.bin. */
export const writeStepWeights = ({
  clauses,
  whole,
  hearing,
  habits,
  evidence,
  severalFrom,
}: StepWeights): Uint8Array => {
  const header: Omit<StepHeader, 'sections'> = {
    clauses: { biases: [...clauses.biases], scales: [...clauses.scales] },
    whole: { biases: [...whole.biases], scales: [...whole.scales] },
    hearing: { scales: [...hearing.scales] },
    habits: [...habits],
    evidence: [...evidence],
    several_from: severalFrom,
  };
  return writeWeightsFile(header, {
    clause_rarities: clauses.rarities,
    clause_weights: new Uint8Array(clauses.weights.buffer),
    whole_rarities: whole.rarities,
    whole_weights: new Uint8Array(whole.weights.buffer),
    hearing_weights: new Uint8Array(hearing.weights.buffer),
  });
};
