/** Most levels of arrays and objects in a JSON text from outside: schemas walk them by recursion. */
export const MAX_NESTING = 64;

const BACKSLASH = 92;
const isEscaped = (text: string, at: number): boolean => {
  let start = at;
  while (text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
  return (at - start) % 2 === 1;
};

/** Where the string that begins at `at` ends: at its closing quote, or the text's end. */
const stringEnd = (text: string, at: number): number => {
  let end = text.indexOf('"', at + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
};

/** Whether a JSON text nests deeper than `MAX_NESTING`. Of the text, since a million levels take long to parse as well. */
export const nestsTooDeep = (json: string): boolean => {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (letter === '"') at = stringEnd(json, at);
    else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth -= 1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
};
