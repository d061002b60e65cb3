/** A stretch of a text: a fenced block without its fences, or what stands between fenced blocks. */
export interface Stretch {
  readonly fenced: boolean;
  /** First word of the fence's info string, lower case; empty if none. */
  readonly language: string;
  readonly text: string;
}

const OPENING = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/;

const opened = (line: string) => {
  // Nearly no line is a fence: keep the regex off the others.
  if (!line.includes('```') && !line.includes('~~~')) return undefined;
  const [, mark, info] = OPENING.exec(line) ?? [];
  if (mark === undefined || info === undefined || (mark[0] === '`' && info.includes('`'))) return undefined;
  return { mark, language: /^[^\s:{,]*/.exec(info.trim())?.[0].toLowerCase() ?? '' };
};

const closes = (line: string, mark: string): boolean => {
  const bare = line.trim();
  return bare.length >= mark.length && bare === (mark[0] ?? '').repeat(bare.length);
};

/**
 * Splits Markdown at its fenced code blocks, in order. An unclosed fence runs to the end, as in CommonMark.
 * Blank stretches are left out.
 */
export const readFences = (markdown: string): Stretch[] => {
  const stretches: Stretch[] = [];
  let lines: string[] = [];
  let fence: ReturnType<typeof opened>;
  const finish = () => {
    const text = lines.join('\n');
    if (text.trim() !== '') stretches.push({ fenced: fence !== undefined, language: fence?.language ?? '', text });
    lines = [];
  };
  for (const line of markdown.replaceAll('\r\n', '\n').split('\n')) {
    const next = fence === undefined ? opened(line) : undefined;
    if (next !== undefined || (fence !== undefined && closes(line, fence.mark))) {
      finish();
      fence = next;
    } else lines.push(line);
  }
  finish();
  return stretches;
};
