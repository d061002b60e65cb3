import { type ChartAxis, lineChart } from '../charts/line-chart.ts';
import type { RoutingFigures } from './routing-figures.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** An axis of shares with a tick at each tenth, or each twentieth where it is short. */
const shares = (label: string, from: number): ChartAxis => {
  const step = from < 0.6 ? 0.1 : 0.05;
  const ticks = Array.from({ length: Math.round((1 - from) / step) + 1 }, (_, index) => from + index * step);
  return { label, from, to: 1, ticks: ticks.map((at) => ({ at, label: percent(at) })) };
};

const calibration = ({ reliability, encoder_unseen: { n } }: RoutingFigures): string =>
  lineChart({
    title: 'Calibration: is the model right as often as it says?',
    x: shares('confidence', 0.1),
    y: shares('share that is right', 0.1),
    series: [
      {
        name: 'the model',
        points: reliability.map((bin) => ({ x: bin.confidence, y: bin.lenient, note: percent(bin.n / n) })),
      },
      {
        name: 'ideal',
        isReference: true,
        points: [
          { x: 0.1, y: 0.1 },
          { x: 1, y: 1 },
        ],
      },
    ],
  });

const riskCoverage = ({ risk_coverage: curve }: RoutingFigures): string =>
  lineChart({
    title: 'Accuracy of the most confident messages',
    x: { ...shares('share of messages, most confident first', 0.1), from: 0 },
    y: shares('share that is right', 0.8),
    series: [{ name: 'the model', points: curve.map(({ share, lenient }) => ({ x: share, y: lenient })) }],
  });

const learningCurve = ({ learning }: RoutingFigures): string => {
  const doublings = learning.map(({ trained_on: n }) => ({ at: Math.log2(n), label: n.toLocaleString('en') }));
  return lineChart({
    title: 'What more messages to train on bring',
    x: {
      label: 'messages that the n-grams are trained on',
      from: (doublings[0]?.at ?? 0) - 0.2,
      to: (doublings.at(-1)?.at ?? 1) + 0.2,
      ticks: doublings,
    },
    y: shares('accuracy, files never seen', 0.6),
    series: [
      { name: 'n-grams', points: learning.map(({ trained_on: n, ngrams }) => ({ x: Math.log2(n), y: ngrams })) },
      {
        name: 'both models',
        points: learning.map(({ trained_on: n, together }) => ({ x: Math.log2(n), y: together })),
      },
    ],
  });
};

/** The plots of docs/routing.md by file name. */
export const routingCharts = (figures: RoutingFigures): Readonly<Record<string, string>> => ({
  'routing-calibration.svg': calibration(figures),
  'routing-coverage.svg': riskCoverage(figures),
  'routing-learning.svg': learningCurve(figures),
});
