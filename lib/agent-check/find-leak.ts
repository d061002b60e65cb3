/** What only the agent's own log should hold, and how it is called when it shows. */
const LEAKS: readonly (readonly [RegExp, string])[] = [
  [/Traceback \(most recent call last\)|File "[^"\n]+", line \d+/, 'a Python traceback'],
  [/^\s*at .+:\d+(:\d+)?\)?/m, 'a stack trace'],
  [/goroutine \d+ \[|panic: .*\n/, 'a Go panic'],
  [/node_modules|site-packages|dist-packages/, 'a path of a library'],
  [
    /(?<![\w:/])(?:file:\/\/)?\/(home|root|usr|var|app|opt|srv|tmp|Users|src|work|code)\/[\w./-]+/,
    'a path of its machine',
  ],
  [/\b[A-Z]:\\{1,2}\w+\\/, 'a path of its machine'],
  [/\barn:aws[a-z-]*:/, 'an ARN'],
];

/** Guesses whether the text of a fault shows what is the agent's own business; undefined if nothing was recognised. */
export const findLeak = (text: string): string | undefined => {
  const plain = text
    .replace(/\\r\\n|\\n|","/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\"/g, '"');
  for (const [pattern, called] of LEAKS) {
    const [found] = pattern.exec(plain) ?? [];
    if (found !== undefined) return `${called} (“${found.trim().split('\n')[0]?.slice(0, 60)}”)`;
  }
  return undefined;
};
