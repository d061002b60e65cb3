import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { LabelledMessage } from './message.ts';

/** What routing said of a labelled message. */
export interface Judged {
  readonly message: LabelledMessage;
  readonly role: string;
  /** Probability that it gave `role`. */
  readonly confidence: number;
  readonly steps: readonly string[] | undefined;
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.length === 0 ? Number.NaN : items.filter(holds).length / items.length;

/** To four decimals; null where there is nothing to count. */
const figure = (value: number): number | null => (Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4);

export const isStrict = ({ message, role }: Judged): boolean => role === message.label;
export const isLenient = (judged: Judged): boolean =>
  isStrict(judged) || judged.message.also_ok.some((other) => other === judged.role);

const BINS = 10;

/** Expected calibration error over ten bins of equal width: how far confidence is from the share that is right. */
export const calibrationError = (judged: readonly Judged[]): number => {
  const bins = Map.groupBy(judged, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)));
  return [...bins.values()].reduce((sum, bin) => {
    const confidence = bin.reduce((total, one) => total + one.confidence, 0) / bin.length;
    return sum + (bin.length / judged.length) * Math.abs(share(bin, isLenient) - confidence);
  }, 0);
};

const SELECTED = 0.8;

const mostConfident = (judged: readonly Judged[]): readonly Judged[] =>
  judged.toSorted((left, right) => right.confidence - left.confidence).slice(0, Math.ceil(SELECTED * judged.length));

/** Steps one after the other, each once where it is repeated at once. */
const collapsed = (steps: readonly string[]): string => steps.filter((step, at) => step !== steps[at - 1]).join();

const hasSteps = ({ message }: Judged): boolean => collapsed(message.steps ?? []).includes(',');

const grouped = (judged: readonly Judged[], keysOf: (one: Judged) => readonly string[]) => {
  const keys = [...new Set(judged.flatMap(keysOf))].sort();
  return Object.fromEntries(
    keys.map((key) => [
      key,
      figure(
        share(
          judged.filter((one) => keysOf(one).includes(key)),
          isLenient,
        ),
      ),
    ]),
  );
};

/** The accuracy figures of a set of messages. Shares are in [0, 1]; null where no message counts. */
export const measure = (judged: readonly Judged[]) => {
  const outside = judged.filter(({ message }) => message.label === 'none');
  const inside = judged.filter(({ message }) => message.label !== 'none' && !message.also_ok.includes('none'));
  const multi = judged.filter(hasSteps);
  return {
    n: judged.length,
    strict: figure(share(judged, isStrict)),
    lenient: figure(share(judged, isLenient)),
    by_label: Object.fromEntries(
      LABELS.map((label) => [
        label,
        figure(
          share(
            judged.filter(({ message }) => message.label === label),
            isLenient,
          ),
        ),
      ]),
    ),
    by_tag: grouped(judged, ({ message }) => message.tags),
    none_recall: figure(share(outside, ({ role }) => role === 'none')),
    false_refusal: figure(share(inside, ({ role }) => role === 'none')),
    steps_exact: figure(
      share(multi, ({ message, steps }) => collapsed(steps ?? []) === collapsed(message.steps ?? [])),
    ),
    ece: figure(calibrationError(judged)),
    selective_80: figure(share(mostConfident(judged), isLenient)),
  };
};
