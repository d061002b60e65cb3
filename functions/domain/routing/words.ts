/** Scripts that write words without spaces, or glue particles to them: what stands beside a word there is no boundary. */
export const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
const STARTS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const ENDS_UNSPACED = new RegExp(String.raw`[${UNSPACED}]\p{M}*$`, 'u');

/** What continues a word. */
export const LETTER = String.raw`[\p{L}\p{M}\p{N}_]`;

/** One sign of a text, literally; an apostrophe may be typographic, a space any white space. */
const signPattern = (sign: string): string => {
  if (/\s/.test(sign)) return String.raw`\s{1,4}`;
  if (/['’]/.test(sign)) return "['’]";
  return sign.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
};

/** Texts by their signs, those with the same beginning together; the empty key ends a text. */
type Branches = Map<string, Branches>;

const branchesOf = (texts: readonly string[]): Branches => {
  const root: Branches = new Map();
  for (const text of texts) {
    let at = root;
    for (const sign of [...text.toLowerCase().replace(/\s+/g, ' '), '']) {
      const next: Branches = at.get(sign) ?? new Map();
      at.set(sign, next);
      at = next;
    }
  }
  return root;
};

const branchPattern = (branches: Branches): string => {
  const alternatives = [...branches].map(([sign, rest]) =>
    sign === '' ? '' : signPattern(sign) + branchPattern(rest),
  );
  return alternatives.length === 1 ? alternatives.join() : `(?:${alternatives.join('|')})`;
};

/** What must not stand before and after a text for it to be whole. */
const edgesOf = (text: string): string =>
  `${STARTS_UNSPACED.test(text) ? '' : `(?<!${LETTER})`}…${ENDS_UNSPACED.test(text) ? '' : `(?!${LETTER})`}`;

/**
 * Finds any of the texts as whole words, in either case, composed or decomposed, with any white space between words.
 * Takes linear time, however many they are: it repeats nothing without a bound and tries common beginnings once.
 */
export const wholeWords = (texts: readonly string[]): RegExp => {
  const forms = new Set(texts.flatMap((text) => [text.normalize('NFC'), text.normalize('NFD')]));
  const groups = [...Map.groupBy(forms, edgesOf)].map(([edges, alike]) =>
    edges.replace('…', () => branchPattern(branchesOf(alike))),
  );
  return new RegExp(groups.join('|'), 'iu');
};

/** A word, with the signs that tell C from C++ and C#; of an unspaced script a single letter. */
const WORD = new RegExp(String.raw`[${UNSPACED}]\p{M}*|(?:(?![${UNSPACED}])${LETTER})+[+#]*`, 'gu');

/** Words that a term counts by: a longer one is looked for by its beginning. */
const MAX_TERM_WORDS = 4;

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(WORD) ?? [];

/** Most names: these need not be taken apart. */
const SINGLE_WORD = /^[a-z0-9_]+[+#]*$/;

/** A name in the form in which `termsIn` lists it: `Next.js` as `next js`. */
export const termOf = (name: string): string => {
  const lower = name.toLowerCase();
  return SINGLE_WORD.test(lower) ? lower : wordsOf(lower).slice(0, MAX_TERM_WORDS).join(' ');
};

/** All that a text says in up to four words in a row: asking for thousands of names costs a look-up each. */
export const termsIn = (text: string): ReadonlySet<string> => {
  const terms = new Set<string>();
  const words = wordsOf(text);
  for (let start = 0; start < words.length; start += 1) {
    let term = '';
    for (const word of words.slice(start, start + MAX_TERM_WORDS)) {
      term = term === '' ? word : `${term} ${word}`;
      terms.add(term);
    }
  }
  return terms;
};
