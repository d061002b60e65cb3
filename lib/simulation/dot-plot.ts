import { DEADLINE_MS } from './agent-pool.ts';
import type { Compared } from './compare.ts';
import { POLICIES } from './policies.ts';
import type { Figures } from './tally.ts';

const WIDTH = 920;
const LABELS = 270;
const PANEL = 300;
const GAP = 30;
const TOP = 110;
const ROW = 38;

/** Colours that keep their contrast on both grounds; the shapes tell policies apart without them. */
const STYLE = `
  svg { --ground: #ffffff; --ink: #1f2328; --faint: #d1d9e0; --c0: #57606a; --c1: #b4540a; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #9a6700; --c6: #0b62c4; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --faint: #3d444d; --c0: #9198a1; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; --c4: #f778ba; --c5: #d29922; --c6: #58a6ff; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; }
  .small { font-size: 11px; }
  .grid { stroke: var(--faint); }
  .mark { fill: none; stroke-width: 1.8; }`;

interface Panel {
  readonly label: string;
  readonly value: (figures: Figures) => number;
  /** Place of a value, in [0, 1]. */
  readonly place: (value: number) => number;
  readonly ticks: readonly (readonly [number, string])[];
}

const LEAST_ERRORS = 0.004;
const logPlace = (value: number): number =>
  Math.log(Math.max(value, LEAST_ERRORS) / LEAST_ERRORS) / Math.log(1 / LEAST_ERRORS);

const PANELS: readonly Panel[] = [
  {
    label: 'p99 of the time to an answer, s (callers wait 60 s at most)',
    value: ({ p99S }) => p99S,
    place: (seconds) => (seconds * 1_000) / DEADLINE_MS,
    ticks: [0, 10, 20, 30, 40, 50, 60].map((seconds) => [seconds, `${seconds}`]),
  },
  {
    label: 'turns whose call fails, % (logarithmic)',
    value: ({ errors }) => errors,
    place: logPlace,
    ticks: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].map((ratio) => [ratio, `${100 * ratio}`]),
  },
];

/** One for each policy, around 0, 0; that of Switchboard is filled. */
const SHAPES: readonly string[] = [
  'M-4 -4L4 4M-4 4L4 -4',
  'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0',
  'M-4 -4H4V4H-4Z',
  'M0 -5L5 4H-5Z',
  'M0 5L5 -4H-5Z',
  'M-5 0H5M0 -5V5',
  'M0 -6.5L6.5 0L0 6.5L-6.5 0Z',
];

const rounded = (pixels: number): number => Math.round(pixels * 10) / 10;

const textAt = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${rounded(x)}" y="${rounded(y)}"${attributes}>${content}</text>`;

const markAt = (x: number, y: number, policy: number): string => {
  const isOurs = POLICIES[policy]?.name === 'switchboard';
  const paint = isOurs ? `fill="var(--c${policy})"` : `class="mark" stroke="var(--c${policy})"`;
  return `<path ${paint} transform="translate(${rounded(x)} ${rounded(y)})" d="${SHAPES[policy]}"/>`;
};

const legend = (): readonly string[] =>
  POLICIES.flatMap(({ title }, policy) => {
    const x = 24 + (policy % 4) * 215;
    const y = policy < 4 ? 48 : 70;
    return [markAt(x, y - 4, policy), textAt(x + 14, y, title)];
  });

const drawPanel = (
  { label, value, place, ticks }: Panel,
  index: number,
  compared: readonly Compared[],
): readonly string[] => {
  const left = LABELS + index * (PANEL + GAP);
  const bottom = TOP + compared.length * ROW;
  const across = (at: number): number => rounded(left + place(at) * PANEL);
  return [
    textAt(left + PANEL / 2, bottom + 40, label, ' class="small" text-anchor="middle"'),
    ...ticks.flatMap(([at, text]) => [
      `<path class="grid" d="M${across(at)} ${TOP}V${bottom}"/>`,
      textAt(across(at), bottom + 18, text, ' class="small" text-anchor="middle"'),
    ]),
    ...compared.flatMap(({ policies }, row) =>
      POLICIES.flatMap(({ name }, policy) => {
        const figures = policies[name];
        return figures === undefined ? [] : [markAt(across(value(figures)), TOP + (row + 0.5) * ROW, policy)];
      }),
    ),
  ];
};

/** Draws p99 and errors by scenario and policy as an SVG document that follows the reader's light or dark scheme. */
export const dotPlot = (compared: readonly Compared[]): string => {
  const height = TOP + compared.length * ROW + 56;
  const title = 'The same hour of traffic, by seven routing policies';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">`,
    `<style>${STYLE}\n</style>`,
    `<rect width="${WIDTH}" height="${height}" fill="var(--ground)"/>`,
    textAt(16, 24, title, ' class="title"'),
    ...legend(),
    ...compared.map(({ title: name }, row) =>
      textAt(LABELS - 12, TOP + (row + 0.5) * ROW + 4, name, ' class="small" text-anchor="end"'),
    ),
    ...PANELS.flatMap((panel, index) => drawPanel(panel, index, compared)),
    '</svg>',
    '',
  ].join('\n');
};
