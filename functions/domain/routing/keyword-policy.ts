/** One sign that a message is for a role. */
export interface KeywordRule {
  /** Says in a decision why this rule counted. */
  readonly name: string;
  readonly role: string;
  /** `task_type` of an intent that this rule decides. */
  readonly task: string;
  /** Must run in linear time: no nested or adjacent unbounded quantifiers. */
  readonly pattern: RegExp;
  readonly weight: number;
  /** Where the pattern is looked for: in what the caller says, or in what they pasted and attached. */
  readonly in: 'prose' | 'material';
}

export interface KeywordPolicy {
  readonly version: string;
  readonly rules: readonly KeywordRule[];
  /** Signs of small talk; they count only when no rule does. */
  readonly smallTalk: RegExp;
  /** Who answers a message about software that no rule recognises. */
  readonly defaultRole: string;
  /** Points of the role that gave the conversation's last answer, for messages that lean on it. */
  readonly followUpWeight: number;
  readonly followUp: RegExp;
  /** Points below which a decision is a fallback. */
  readonly minScore: number;
}

const prose = (role: string, task: string, name: string, weight: number, pattern: RegExp): KeywordRule => ({
  name,
  role,
  task,
  pattern,
  weight,
  in: 'prose',
});
const material = (role: string, task: string, name: string, weight: number, pattern: RegExp): KeywordRule => ({
  name,
  role,
  task,
  pattern,
  weight,
  in: 'material',
});

/** The keyword rules that ship with Switchboard. */
export const KEYWORD_POLICY: KeywordPolicy = {
  version: 'keywords-1',
  rules: [
    prose(
      'context_analyzer',
      'explain',
      'asks to explain',
      3,
      /\b(explain|understand|walk me through|what (does|do|is|are)|how does|why does .{1,60} (use|need)|summari[sz]e)\b/i,
    ),
    prose(
      'context_analyzer',
      'trace',
      'asks about structure',
      3,
      /\b(architecture|depend(s|encies|ency)|call graph|data ?flow|where is|which (files?|modules?|functions?)|imports?|impact of|analy[sz]e|trace)\b/i,
    ),
    prose(
      'context_analyzer',
      'compare',
      'asks to compare',
      3,
      /\b(compare|versus|vs\.?|difference between|trade-?offs?|pros and cons|should (we|i) use)\b/i,
    ),

    prose(
      'code_generator',
      'implement',
      'asks to produce code',
      3,
      /\b(generate|implement|create|build|write|scaffold|code up|add) (me |us )?(an?|the|some|new|unit|this)?\b/i,
    ),
    prose(
      'code_generator',
      'implement',
      'names what to produce',
      2,
      /\b(function|class|component|endpoint|script|regex|sql|query|types?|interfaces?|schema|tests?|boilerplate|dockerfile|migration|config(uration)?)\b/i,
    ),
    prose(
      'code_generator',
      'refactor',
      'asks to change code',
      3,
      /\b(refactor|convert|port|migrate|rewrite|translate|turn .{1,40} into|rename|extract)\b/i,
    ),

    prose(
      'debugger',
      'fix',
      'says that something is broken',
      4,
      /\b(debug|fix|bug|error|exception|crash(es|ed|ing)?|broken|fail(s|ed|ing|ure)?|not working|doesn'?t work|stack ?trace|segfault|panic|hangs?|deadlock|wrong (output|result)|throws?|issue|problem|root cause)\b/i,
    ),
    prose(
      'debugger',
      'performance',
      'says that something is slow or leaks',
      3,
      /\b(slow|slower|timeouts?|memory leak|leaks?|high cpu|latency|out of memory|oom)\b/i,
    ),
    material(
      'debugger',
      'fix',
      'contains a stack trace',
      6,
      /^\s{0,12}at [^\n]{1,300}:\d{1,6}|^Traceback \(most recent call last\)|^Exception in thread|^panic: |^goroutine \d{1,6} \[|^\s{0,8}from [^\n]{1,200}\.rb:\d{1,6}|^Caused by: /m,
    ),
    material('debugger', 'fix', 'names an exception', 2, /\b[A-Z][A-Za-z]{2,40}(Error|Exception)\b: /),

    prose(
      'documentation',
      'document',
      'asks for a document',
      5,
      /\b(readme|docstrings?|jsdoc|javadoc|changelog|release notes|runbook|tutorial|adr|user guide|documentation|commit message|pr description|post-?mortem|api docs|docs)\b/i,
    ),
    prose(
      'documentation',
      'document',
      'asks to document',
      5,
      /\b(document (this|the|my|our|these|how)|write (the |some |up )?(docs|comments)|add comments|usage examples?)\b/i,
    ),

    prose(
      'code_reviewer',
      'review',
      'asks for a judgement',
      5,
      /\b(code review|review|approve|lgtm|critique|audit|feedback on|best practices?|security (check|holes?|problems?|issues?)|vulnerabilit(y|ies)|code smells?|is (this|it) (safe|secure|ok|okay|good)|merge this|pull request|this pr)\b/i,
    ),
    material('code_reviewer', 'review', 'contains a diff', 4, /^diff --git |^@@ -\d{1,7}(,\d{1,7})? \+\d{1,7}/m),
  ],
  smallTalk:
    /^\W*(hi|hello|hey|yo|thanks?|thank you|thx|cheers|bye|good (morning|evening|night|afternoon)|how are you|what'?s up|lol|ok(ay)?|cool|great|nice|perfect|tell me a joke|who are you)\b/i,
  defaultRole: 'context_analyzer',
  followUpWeight: 2,
  followUp:
    /^\W*(and|also|but|still|now|again|same|what about|how about|ok(ay)?,? (and|now|but)|then|it|that|this|those|why)\b|\b(the other one|the same|instead|as well|above|you (said|wrote|suggested))\b/i,
  minScore: 2,
};
