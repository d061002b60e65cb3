/** The JSON value that a text is; undefined if it is none. */
export const parseJson = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Whether an object with a field is in reach: what nests deeper than `levels` arrays is no sample. */
const isSample = (value: unknown, levels: number): boolean => {
  if (Array.isArray(value)) return levels > 0 && value.some((element) => isSample(element, levels - 1));
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
};

/** End of a JSON string, or of its line if it does not close there. */
const endOfString = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '"' || character === '\n') return at;
  }
  return text.length;
};

/** The outermost bracketed stretches of a text, strings respected; one that never closes ends the search. */
function* bracketed(text: string): Generator<string> {
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') {
      if (depth === 0) from = at;
      depth += 1;
    } else if ((character === '}' || character === ']') && depth > 0) {
      depth -= 1;
      if (depth === 0) yield text.slice(from, at + 1);
    }
  }
}

/** JSON objects, or arrays that hold one, that stand in prose. */
export const findJson = (text: string): string[] =>
  [...bracketed(text)].filter((candidate) => {
    const parsed = parseJson(candidate);
    return parsed !== undefined && isSample(parsed.value, 8);
  });
