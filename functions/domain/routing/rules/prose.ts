const CODE_START =
  /^\s*(at |[@{}()[\]<>;#/*+-]|import |from |def |class |function |const |let |var |public |private |return |if |for |\w{1,64}\(|Traceback|\S{1,128}(Error|Exception): )/;
const CODE_END = /[;{}]\s{0,64}$/;

/** Words first: `Make types of this: {"a": 1}` is said and pasted in one line. */
const SENTENCE_START = /^\s*[A-Za-z']{1,32} [A-Za-z']{1,32} [A-Za-z',:]/;

/** What the caller says in a text: without fenced blocks and lines that look like code, which they pasted. */
export const proseOf = (text: string): string => {
  const said: string[] = [];
  let isFenced = false;
  for (const line of text.split('\n')) {
    const isFence = line.trimStart().startsWith('```');
    if (isFence) isFenced = !isFenced;
    const isPasted = isFence || isFenced || CODE_START.test(line);
    if (!isPasted && (SENTENCE_START.test(line) || !CODE_END.test(line))) said.push(line);
  }
  return said.join('\n');
};
