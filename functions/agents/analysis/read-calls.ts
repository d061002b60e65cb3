import type { Declaration } from './declarations/declaration.ts';
import type { ReadCode } from './read-outline.ts';

const CALL =
  /(?:\b(this|self|cls)\s?\.\s?|(\.)\s?|\b(new|def|function|func|class)\s+)?(?<![\w$])(#?[A-Za-z_$][\w$]*)\s?\(/g;

const isCallable = ({ kind }: Declaration): boolean => kind === 'function' || kind === 'method';

/** What a call by this name may mean: `this.x()` a method of the caller's class, a bare `x()` a function, in Java a method. */
const keyOf = (name: string, owner: string | undefined): string => `${owner ?? ''}\n${name}`;

/**
 * Which function calls which, both declared in the same text, by name. Calls on other objects are not followed, nor
 * those of a name that a parameter of the caller hides.
 */
export const readCalls = ({ language, map, declarations }: ReadCode): Map<Declaration, Set<Declaration>> => {
  const callables = declarations.filter(isCallable);
  const byName = new Map(callables.toReversed().map((each) => [keyOf(each.name, each.owner), each]));
  const calls = new Map<Declaration, Set<Declaration>>();
  const enclosing: Declaration[] = [];
  const leave = (at: number) => {
    while ((enclosing.at(-1)?.end ?? at) < at) enclosing.pop();
  };
  let next = 0;
  for (const match of map.code.matchAll(CALL)) {
    const [whole, self, dot, keyword, name = ''] = match;
    const at = match.index + whole.length;
    for (let each = callables[next]; each !== undefined && each.start < at; each = callables[next]) {
      leave(each.start);
      enclosing.push(each);
      next += 1;
    }
    leave(at);
    const caller = enclosing.at(-1);
    if (caller === undefined || dot !== undefined || keyword !== undefined || at <= caller.nameEnd + 1) continue;
    if (self === undefined && caller.parameters.some((parameter) => parameter.name === name)) continue;
    const owner = enclosing.findLast((each) => each.owner !== undefined)?.owner;
    const inClass = owner === undefined ? undefined : byName.get(keyOf(name, owner));
    const callee =
      self === undefined
        ? (byName.get(keyOf(name, undefined)) ?? (language === 'java' ? inClass : undefined))
        : inClass;
    if (callee === undefined) continue;
    calls.set(caller, (calls.get(caller) ?? new Set<Declaration>()).add(callee));
  }
  return calls;
};
