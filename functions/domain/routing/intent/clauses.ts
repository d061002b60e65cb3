/** Clauses that are looked at: the first and the last of a longer message. */
const HEAD_CLAUSES = 10;
const TAIL_CLAUSES = 6;
/** A shorter piece ("ok", "1.", "first") belongs to what follows it. */
const SHORTEST_CLAUSE = 9;

/** Words that open a clause and stay with it. Other languages' would cut English at its articles and pronouns. */
const ENGLISH =
  'and|then|after|afterwards?|once|before|but|also|plus|next|finally|lastly|when|while|followed by|or|so|if|first|second|third|please|pls';
const OTHER = [
  ENGLISH,
  'und|dann|danach|anschließend|sobald|bevor|aber|sowie|außerdem|zuerst|wenn',
  'y|luego|después|despues|antes|pero|además|cuando|una vez',
  'et|puis|ensuite|après|avant|mais|quand|une fois',
  'e|depois|antes|mas|poi|dopo|prima|quando|en|daarna|voordat|maar|zodra|eerst',
  'i|potem|następnie|zanim|ale|a|pak|potom|och|sedan|sen|og|så|ja|sitten|ve|sonra|önce|ardından|dan|lalu|kemudian|phir|aur',
  'и|потом|затем|после|перед|но|а|когда|та|потім|після|але|rồi|sau đó|và|ثم|بعد|و|फिर|और|แล้ว',
].join('|');

const boundary = (openers: string): RegExp =>
  new RegExp(
    [
      String.raw`\n+`,
      String.raw`(?<=[.!?;:])\s+`,
      '(?<=[。？！；，、،؛])',
      String.raw`(?<=,)\s+`,
      String.raw`\s+(?=[-–—→+&/>]{1,2}\s)`,
      String.raw`\s+(?=\(?(?:\d|[a-e])[).]\s)`,
      String.raw`\s+(?=(?:${openers})\s)`,
      '(?=(?:然后|之后|接着|最后|并且|再帮|その後|それから|次に|最後に|그리고|그다음|그 다음|แล้ว))',
    ].join('|'),
    'u',
  );
const IN_ENGLISH = boundary(ENGLISH);
const IN_OTHERS = boundary(OTHER);

/** Takes a text apart at stops, commas, list items and words that open a clause. Linear; at most 16 clauses. */
export const clausesOf = (text: string, isEnglish: boolean): readonly string[] => {
  const clauses: string[] = [];
  let open = '';
  for (const piece of text.split(isEnglish ? IN_ENGLISH : IN_OTHERS)) {
    open = open === '' ? piece.trim() : `${open} ${piece.trim()}`;
    if (open.length < SHORTEST_CLAUSE && !/\p{sc=Han}|\p{sc=Kana}|\p{sc=Hira}|\p{sc=Hang}/u.test(open)) continue;
    clauses.push(open);
    open = '';
  }
  if (open !== '') clauses.push(`${clauses.pop() ?? ''} ${open}`.trim());
  if (clauses.length <= HEAD_CLAUSES + TAIL_CLAUSES) return clauses;
  return [...clauses.slice(0, HEAD_CLAUSES), ...clauses.slice(-TAIL_CLAUSES)];
};
