/** Longest run of backticks in a text. */
const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);

/** A fenced code block that its content cannot close. */
export const fence = (language: string, content: string): string => {
  const mark = '`'.repeat(Math.max(3, longestRun(content) + 1));
  return `${mark}${language}\n${content.replace(/\n$/, '')}\n${mark}`;
};

/** Longest inline code, in characters; more is cut with an ellipsis. */
const MAX_INLINE = 200;

/** Inline code on one line that its content cannot close. */
export const code = (content: string): string => {
  const line = content
    .slice(0, MAX_INLINE * 2)
    .replace(/\s+/g, ' ')
    .trim();
  const shown = line.length > MAX_INLINE ? `${line.slice(0, MAX_INLINE)}…` : line;
  const mark = '`'.repeat(longestRun(shown) + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : '';
  return `${mark}${pad}${shown}${pad}${mark}`;
};

/** A bulleted list of at most `most` items that says how many it leaves out. */
export const bullets = (items: readonly string[], most = 100): string => {
  const lines = items.slice(0, most).map((item) => `- ${item}`);
  return [...lines, ...(items.length > most ? [`- … and ${items.length - most} more`] : [])].join('\n');
};

/** `1 function`, `2 functions`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
