/** A place on a chart; `note` is written beside it. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly note?: string | undefined;
}

/** A line through its points from left to right. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /** For what is compared with: drawn thin and broken, without marks. */
  readonly isReference?: boolean | undefined;
}

/** `from` and `to` are its ends; `ticks` what is written at it, and where. */
export interface ChartAxis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

export interface LineChart {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** At most five are told apart by colour. */
  readonly series: readonly ChartSeries[];
}

const WIDTH = 640;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 30;
const TOP = 64;
const BOTTOM = 56;
const LEGEND_STEP = 150;

/** Colours that keep their contrast on both grounds, for colour-blind readers too. */
const STYLE = `
  svg { --ground: #ffffff; --ink: #1f2328; --faint: #d1d9e0; --c0: #0b62c4; --c1: #b4540a; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --faint: #3d444d; --c0: #58a6ff; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; --c4: #f778ba; }
  }
  text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .title { font-size: 15px; font-weight: 600; }
  .note { font-size: 10px; }
  .grid { stroke: var(--faint); }
  .line { fill: none; stroke-width: 2.2; }
  .reference { stroke-width: 1.2; stroke-dasharray: 5 4; }`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const rounded = (pixels: number): number => Math.round(pixels * 10) / 10;

const textAt = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${rounded(x)}" y="${rounded(y)}"${attributes}>${escaped(content)}</text>`;

const MIDDLE = ' text-anchor="middle"';

/** Draws a line chart as an SVG document that follows the reader's light or dark scheme. The same chart, same bytes. */
export const lineChart = ({ title, x, y, series }: LineChart): string => {
  const right = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  const across = (at: number): number => rounded(LEFT + ((at - x.from) / (x.to - x.from)) * (right - LEFT));
  const up = (at: number): number => rounded(bottom - ((at - y.from) / (y.to - y.from)) * (bottom - TOP));

  const axes = [
    ...x.ticks.flatMap(({ at, label }) => [
      `<path class="grid" d="M${across(at)} ${TOP}V${bottom}"/>`,
      textAt(across(at), bottom + 18, label, MIDDLE),
    ]),
    ...y.ticks.flatMap(({ at, label }) => [
      `<path class="grid" d="M${LEFT} ${up(at)}H${right}"/>`,
      textAt(LEFT - 8, up(at) + 4, label, ' text-anchor="end"'),
    ]),
    textAt((LEFT + right) / 2, HEIGHT - 14, x.label, MIDDLE),
    textAt(16, (TOP + bottom) / 2, y.label, `${MIDDLE} transform="rotate(-90 16 ${(TOP + bottom) / 2})"`),
  ];
  const lines = series.flatMap(({ name, points, isReference = false }, index) => {
    const colour = `var(--c${index})`;
    const kind = isReference ? 'line reference' : 'line';
    const path = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${across(point.x)} ${up(point.y)}`).join('');
    const legend = LEFT + index * LEGEND_STEP;
    return [
      `<path class="${kind}" stroke="${colour}" d="${path}"/>`,
      ...(isReference
        ? []
        : points.map((point) => `<circle fill="${colour}" cx="${across(point.x)}" cy="${up(point.y)}" r="3.2"/>`)),
      ...points.flatMap((point) =>
        point.note === undefined ? [] : textAt(across(point.x), up(point.y) + 16, point.note, ` class="note"${MIDDLE}`),
      ),
      `<path class="${kind}" stroke="${colour}" d="M${legend} 44h22"/>`,
      textAt(legend + 28, 48, name),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="var(--ground)"/>`,
    textAt(LEFT, 24, title, ' class="title"'),
    ...axes,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
};
