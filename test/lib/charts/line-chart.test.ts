import { expect, test } from 'vitest';
import { type LineChart, lineChart } from '../../../lib/charts/line-chart.ts';

const axis = { label: 'share', from: 0, to: 1, ticks: [{ at: 0.5, label: '50 %' }] };
const chart: LineChart = {
  title: 'Two <lines> & more',
  x: axis,
  y: axis,
  series: [
    {
      name: 'model',
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 1, note: '7 %' },
      ],
    },
    {
      name: 'ideal',
      isReference: true,
      points: [
        { x: 0, y: 0.5 },
        { x: 1, y: 0.5 },
      ],
    },
  ],
};

test('draws each series from left to right, and 1 above 0', () => {
  const [, line] = /class="line" stroke="var\(--c0\)" d="(M[^"]+)"/.exec(lineChart(chart)) ?? [];
  const [from, to] = (line ?? '').slice(1).split('L');
  const [left = 0, low = 0] = (from ?? '').split(' ').map(Number);
  const [right = 0, high = 0] = (to ?? '').split(' ').map(Number);
  expect(right).toBeGreaterThan(left);
  expect(high).toBeLessThan(low);
});

test('names axes, ticks, series and notes', () => {
  const drawn = lineChart(chart);
  for (const text of ['share', '50 %', 'model', 'ideal', '7 %']) expect(drawn).toContain(`>${text}<`);
});

test('marks the points of what is measured, and none of what it is compared with', () => {
  expect(lineChart(chart).match(/<circle/g)).toHaveLength(2);
});

test('has colours for light and dark readers', () => {
  expect(lineChart(chart)).toContain('prefers-color-scheme: dark');
});

test('survives characters that mean something in SVG', () => {
  expect(lineChart(chart)).toContain('Two &lt;lines&gt; &amp; more');
});
