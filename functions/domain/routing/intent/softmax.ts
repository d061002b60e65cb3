/** Probabilities of scores; the highest may be any number. */
export const softmax = (scores: readonly number[]): number[] => {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

/** Logarithms of the probabilities of scores. */
export const logSoftmax = (scores: readonly number[]): number[] => {
  const top = Math.max(...scores);
  const rest = Math.log(scores.reduce((total, score) => total + Math.exp(score - top), 0));
  return scores.map((score) => score - top - rest);
};
