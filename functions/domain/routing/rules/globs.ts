/** Whether a text is as some pattern says. */
export type Matches = (text: string) => boolean;

/** What stands between two stars of a pattern; null in it: any one character. */
interface Piece {
  readonly letters: readonly (string | null)[];
  /** The same as text, if nothing in it is open. */
  readonly text: string | undefined;
}

const pieceOf = (letters: readonly (string | null)[]): Piece => ({
  letters,
  text: letters.includes(null) ? undefined : letters.join(''),
});

const piecesOf = (glob: string): readonly Piece[] => {
  const pieces: (string | null)[][] = [[]];
  const letters = glob.toLowerCase().split('');
  for (let at = 0; at < letters.length; at += 1) {
    const isEscape = letters[at] === '\\' && at + 1 < letters.length;
    if (isEscape) at += 1;
    const letter = letters[at] ?? '';
    if (letter === '*' && !isEscape) pieces.push([]);
    else pieces.at(-1)?.push(letter === '?' && !isEscape ? null : letter);
  }
  return pieces.map(pieceOf);
};

const isAt = ({ letters, text: literal }: Piece, text: string, from: number): boolean =>
  literal === undefined
    ? letters.every((letter, index) => letter === null || letter === text[from + index])
    : text.startsWith(literal, from);

/** Finds a piece at or after `from`. @returns where it ends; -1 if that is nowhere before `to` */
const endOf = (piece: Piece, text: string, from: number, to: number): number => {
  const { letters, text: literal } = piece;
  let start = from;
  if (literal === undefined) while (start + letters.length <= to && !isAt(piece, text, start)) start += 1;
  else start = text.indexOf(literal, from);
  return start < 0 || start + letters.length > to ? -1 : start + letters.length;
};

/**
 * Whether the pieces stand in a text one after the other, the first at its start and the last at its end. If any place
 * of a piece is right, its first one is: nothing is tried twice.
 */
const stand = ([first, ...rest]: readonly Piece[], text: string): boolean => {
  const last = rest.pop();
  if (first === undefined || !isAt(first, text, 0)) return false;
  if (last === undefined) return first.letters.length === text.length;
  const to = text.length - last.letters.length;
  let from = first.letters.length;
  if (from > to || !isAt(last, text, to)) return false;
  for (const piece of rest) {
    from = endOf(piece, text, from, to);
    if (from < 0) return false;
  }
  return true;
};

/**
 * Matches whole texts that are in lower case: `*` stands for any run of characters, `?` for one, `\` takes the next one
 * literally. Linear in the text, times the longest run without a star at worst.
 */
export const textGlob = (glob: string): Matches => {
  const pieces = piecesOf(glob);
  return (text) => stand(pieces, text);
};

/** Parts of a path, without those that say nothing. */
const partsOf = (path: string): readonly string[] => path.split('/').filter((part) => part !== '' && part !== '.');

const ANY_PARTS = '**';

/** Like `stand`, with parts in place of characters: a run of parts that fits at its first place is not tried again. */
const runsStand = ([first = [], ...rest]: readonly (readonly Matches[])[], parts: readonly string[]): boolean => {
  const fits = (run: readonly Matches[], from: number) =>
    run.every((matches, index) => matches(parts[from + index] ?? ''));
  const last = rest.pop();
  if (first.length > parts.length || !fits(first, 0)) return false;
  if (last === undefined) return first.length === parts.length;
  const to = parts.length - last.length;
  let from = first.length;
  if (from > to || !fits(last, to)) return false;
  for (const run of rest) {
    while (from + run.length <= to && !fits(run, from)) from += 1;
    if (from + run.length > to) return false;
    from += run.length;
  }
  return true;
};

/**
 * Matches paths that are in lower case with `/` between their parts. A glob without a slash is for the last part alone;
 * in others `**` as a part stands for any number of parts. Within a part as `textGlob`.
 */
export const fileGlob = (glob: string): Matches => {
  if (!glob.includes('/')) {
    const matches = textGlob(glob);
    return (path) => matches(path.slice(path.lastIndexOf('/') + 1));
  }
  const runs: Matches[][] = [[]];
  for (const part of partsOf(glob)) {
    if (part === ANY_PARTS) runs.push([]);
    else runs.at(-1)?.push(textGlob(part));
  }
  return (path) => runsStand(runs, partsOf(path));
};
