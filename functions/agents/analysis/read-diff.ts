/** The new side of one hunk of a unified diff. */
export interface Hunk {
  /** Path of the new file, without `b/`; empty if the diff names none. */
  readonly file: string;
  /** Context and added lines. */
  readonly lines: readonly {
    readonly text: string /** In the new file, 1-based. */;
    readonly line: number;
    readonly added: boolean;
  }[];
}

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/;

const pathOf = (header: string): string => {
  const path = header.slice(4).split('\t')[0]?.trim() ?? '';
  return path === '/dev/null' ? '' : path.replace(/^"?b\//, '').replace(/"$/, '');
};

/** The hunks of a unified diff; undefined if the text holds none. */
export const readDiff = (text: string): Hunk[] | undefined => {
  const hunks: { file: string; lines: { text: string; line: number; added: boolean }[] }[] = [];
  let file = '';
  let inHunk = false;
  let line = 0;
  for (const raw of text.split('\n')) {
    const row = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const [hunk, from] = HUNK.exec(row) ?? [];
    if (hunk !== undefined) {
      hunks.push({ file, lines: [] });
      line = Number(from);
      inHunk = true;
    } else if (row.startsWith('+++ ') && (!inHunk || /^\+\+\+ (?:b\/|\/dev\/null)/.test(row))) {
      file = pathOf(row);
      inHunk = false;
    } else if (/^(?:diff --git |index [0-9a-f]{4,}|--- (?:a\/|\/dev\/null))/.test(row)) inHunk = false;
    else if (inHunk && (row.startsWith('+') || row.startsWith(' ') || row === '')) {
      hunks.at(-1)?.lines.push({ text: row.slice(1), line, added: row.startsWith('+') });
      line += 1;
    }
  }
  return hunks.length === 0 ? undefined : hunks;
};
