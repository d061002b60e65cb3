import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { CrossJudged } from './cross-validate.ts';
import { isGiven } from './labelled-files.ts';
import type { Learnt } from './learning-curve.ts';
import { isLenient, measure } from './metrics.ts';

/** Shares are in [0, 1], to four decimals. */
const figure = (value: number): number => Math.round(value * 1e4) / 1e4;
const mean = (values: readonly number[]): number =>
  figure(values.reduce((sum, value) => sum + value, 0) / values.length);
const accuracyOf = (judged: readonly CrossJudged[]): number => mean(judged.map((one) => Number(isLenient(one))));

const summaryOf = (judged: readonly CrossJudged[]) => {
  const { n, strict, lenient, by_label, none_recall, false_refusal, ece, selective_80 } = measure(judged);
  const asked_encoder = mean(judged.map(({ encoded }) => Number(encoded)));
  return { n, strict, lenient, by_label, none_recall, false_refusal, ece, selective_80, asked_encoder };
};

/** Messages of each label (rows, in the order of LABELS) by the role that was found (columns). */
const confusionOf = (judged: readonly CrossJudged[], roleOf: (one: CrossJudged) => string): readonly number[][] =>
  LABELS.map((label) => {
    const ofLabel = judged.filter(({ message }) => message.label === label);
    return LABELS.map((role) => ofLabel.filter((one) => roleOf(one) === role).length);
  });

const grouped = (judged: readonly CrossJudged[], keysOf: (one: CrossJudged) => readonly string[]) =>
  [...new Set(judged.flatMap(keysOf))].map((key) => {
    const group = judged.filter((one) => keysOf(one).includes(key));
    return { key, n: group.length, lenient: accuracyOf(group) };
  });

const FEWEST_OF_A_TAG = 100;
const BINS = 10;

const reliabilityOf = (judged: readonly CrossJudged[]) =>
  Array.from({ length: BINS }, (_, bin) =>
    judged.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin),
  ).flatMap((ones, bin) =>
    ones.length === 0
      ? []
      : [
          {
            from: bin / BINS,
            n: ones.length,
            confidence: mean(ones.map((one) => one.confidence)),
            lenient: accuracyOf(ones),
          },
        ],
  );

const COVERAGES = Array.from({ length: 10 }, (_, tenth) => (tenth + 1) / 10);

const riskCoverageOf = (judged: readonly CrossJudged[]) => {
  const ranked = judged.toSorted((left, right) => right.confidence - left.confidence);
  return COVERAGES.map((share) => ({ share, lenient: accuracyOf(ranked.slice(0, Math.ceil(share * ranked.length))) }));
};

/** Everything that docs/routing.md says of the model's quality, by cross-validation and the learning curve. */
export const routingFigures = (folds: number, judged: readonly CrossJudged[], learning: readonly Learnt[]) => {
  const unseen = judged.filter((one) => !one.isSeenByEncoder);
  const seen = judged.filter((one) => one.isSeenByEncoder);
  const byNumber = new Intl.Collator('en', { numeric: true });
  return {
    folds,
    all: summaryOf(judged),
    encoder_unseen: summaryOf(unseen),
    given_unseen: summaryOf(unseen.filter(({ file }) => isGiven(file))),
    encoder_seen: summaryOf(seen),
    by_file: grouped(judged, ({ file }) => [file])
      .map(({ key, ...rest }) => ({ file: key, encoder_seen: seen.some(({ file }) => file === key), ...rest }))
      .sort((left, right) => byNumber.compare(left.file, right.file)),
    by_tag: grouped(unseen, ({ message }) => (message.tags.length === 0 ? ['(none)'] : message.tags))
      .filter(({ n }) => n >= FEWEST_OF_A_TAG)
      .map(({ key, ...rest }) => ({ tag: key, ...rest }))
      .sort((left, right) => left.lenient - right.lenient),
    confusion: {
      strict: confusionOf(unseen, ({ role }) => role),
      lenient: confusionOf(unseen, (one) => (isLenient(one) ? one.message.label : one.role)),
    },
    reliability: reliabilityOf(unseen),
    risk_coverage: riskCoverageOf(unseen),
    learning: learning.map(({ trained_on, ngrams, together }) => ({
      trained_on,
      ngrams: figure(ngrams),
      together: figure(together),
    })),
  };
};
export type RoutingFigures = ReturnType<typeof routingFigures>;
