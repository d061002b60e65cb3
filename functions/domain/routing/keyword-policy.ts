import { ROLES, type RoleTable } from '../contract/roles.ts';
import { withRoles } from './with-roles.ts';

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
  /** Roles whose agents may answer a user. */
  readonly roles: ReadonlySet<string>;
  readonly rules: readonly KeywordRule[];
  /** The whole of a message that is small talk. */
  readonly smallTalk: RegExp;
  /** Words of software. A short message that no rule recognises, without one and without material, is out of scope. */
  readonly software: RegExp;
  /** Longer messages are not refused for their words: nobody writes long ones to a software agent for small talk. */
  readonly shortCharacters: number;
  /** Tasks whose rules match everyday talk too ("what is…", "write…"): alone they do not tell of software. */
  readonly everydayTasks: readonly string[];
  /** Who answers a message about software that no rule recognises. */
  readonly defaultRole: string;
  /** Points of the role that gave the conversation's last answer, for messages that lean on it. */
  readonly followUpWeight: number;
  readonly followUp: RegExp;
  /** Points below which a decision is a fallback. */
  readonly minScore: number;
  /** Confidence from which a message that asks for another role is refused to a pinned agent. */
  readonly refusePinFrom: number;
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

/** What ships with Switchboard. */
const SHIPPED: Omit<KeywordPolicy, 'roles'> = {
  version: 'keywords-2',
  rules: [
    prose(
      'context_analyzer',
      'explain',
      'asks to explain',
      3,
      /\b(explain|understand|walk me through|what (does|do|did|is|are|happens)|how (does|do|is|are)|why (does|do|is|are|did) .{1,60} (use|need|exist|there)|why (do|did) we|summari[sz]e|tell me (what|how|where|which|about)|overview)\b/i,
    ),
    prose(
      'context_analyzer',
      'trace',
      'asks about structure',
      3,
      /\b(architecture|depend(s|encies|ency)?|call graph|data ?flow|where (is|are|do|does)|who (calls|uses|owns|writes|reads)|which (files?|modules?|functions?|services?|parts?|of)|imports?|impact of|affected|rel(y|ies) on|analy[sz]e|trace|(does|do|is|are) any(thing|one|body)?)\b/i,
    ),
    prose(
      'context_analyzer',
      'compare',
      'asks to compare',
      4,
      /\b(compare|compared to|versus|vs\.?|differences? between|trade-?offs?|pros and cons|should (we|i) (use|go|pick|choose)|or should|which (one|is better)|better than)\b/i,
    ),

    prose(
      'code_generator',
      'implement',
      'asks to produce code',
      3,
      /\b(generate|implement|create|build|write|scaffold|code up|add|make|give|need|set ?up|wire up|hook up|dockeri[sz]e) (me |us |it )?(an?|the|some|new|unit|this|these|for)?\b/i,
    ),
    prose(
      'code_generator',
      'implement',
      'names what to produce',
      2,
      /\b(functions?|class|components?|endpoint|script|regex|sql|query|types?|interfaces?|schema|tests?|boilerplate|dockerfile|migration|config(uration)?|hook|workflow|pipeline|page|button|form|cli|parser|helper|one-?liner|makefile|cronjob|template|plugin)\b/i,
    ),
    prose(
      'code_generator',
      'refactor',
      'asks to change code',
      4,
      /\b(refactor|convert|port (it|this|that|the|to)|migrate|rewrite|translate|turn .{1,40} into|rename|extract|replace|swap|move .{1,40} to|split|make (it|this|that|them)|get rid of|instead of|simplify)\b|→/i,
    ),

    prose(
      'debugger',
      'fix',
      'says that something is broken',
      4,
      /\b(debug|fix|bug|errors?|exception|crash(es|ed|ing)?|br(eaks|oke|oken)|fail(s|ed|ing|ure|ures)?|not work(ing)?|(doesn'?t|does not|won'?t|isn'?t|can'?t|don'?t|didn'?t|never|nothing) \w+|stack ?trace|segfault|panic(s|ked)?|hangs?|freezes?|stuck|deadlock|wrong (output|result|value|number)|throws?|root cause|suddenly|since (yesterday|this morning|the (update|upgrade|deploy|release))|unexpected(ly)?|weird|random(ly)?|sometimes|intermittent|flaky)\b/i,
    ),
    prose(
      'debugger',
      'fix',
      'mentions a problem',
      2,
      /\b(issue|problem|empty|missing|lost|twice|duplicates?|null|undefined|nan)\b/i,
    ),
    prose(
      'debugger',
      'performance',
      'says that something is slow or leaks',
      4,
      /\b(slow|slower|timeouts?|times? out|memory leak|leaks?|high cpu|latency|out of memory|oom(killed)?|takes? \d+ ?(s|sec|seconds|min|minutes|h|hours))\b/i,
    ),
    prose('debugger', 'fix', 'quotes an error', 5, /\b[A-Z][A-Za-z]{2,40}(Error|Exception)\b|\bE[A-Z]{4,12}\b/),
    material(
      'debugger',
      'fix',
      'contains a stack trace',
      6,
      /^\s{0,12}at [^\n]{1,300}:\d{1,6}|^Traceback \(most recent call last\)|^Exception in thread|^panic: |^goroutine \d{1,6} \[|^\s{0,8}from [^\n]{1,200}\.rb:\d{1,6}|^Caused by: |^thread '[^'\n]{1,80}' panicked|^#\d{1,3} {1,4}(0x|[A-Za-z_])/m,
    ),
    material('debugger', 'fix', 'names an exception', 3, /\b[A-Z][A-Za-z]{2,40}(Error|Exception)\b: /),
    material(
      'debugger',
      'fix',
      'contains an error line',
      3,
      /\b(ERROR|FATAL|FAIL|error TS\d{1,5}|npm ERR!|fatal:|error:)/,
    ),

    prose(
      'documentation',
      'document',
      'asks for a document',
      6,
      /\b(readme|docstrings?|jsdoc|javadoc|changelog|release notes?|runbook|tutorial|adr|(user|style|upgrade|migration|onboarding|contribut(or|ing)|getting.started|quick.?start) ?guide|guide|documentation|commit message|pr description|post-?mortem|api docs|docs|wiki|quickstart|write-?up|help (text|strings?)|faq|cheat ?sheet|glossary|announcement|confluence|how-?to)\b/i,
    ),
    prose(
      'documentation',
      'document',
      'asks to document',
      6,
      /\b(document (this|the|my|our|these|how|it|that)|write (the |some |up )?(docs|comments)|(add|write|header|inline) comments?|usage examples?|word(ing)?|explain (it|this|that) (to|for)|for (non-?\w+|newcomers|new (hires|joiners|people|devs|developers)|customers|finance|support))\b/i,
    ),

    prose(
      'code_reviewer',
      'review',
      'asks for a judgement',
      6,
      /\b(code review|review|approve|lgtm|critique|audit|feedback|best practices?|security (check|holes?|problems?|issues?)|vulnerabilit(y|ies)|code smells?|(is|are) (this|it|that|these|they) (safe|secure|ok|okay|good|fine|sane|idiomatic|clean)|merge (this|it)|(this|my|the|our) (pull request|pr|mr)|thoughts|opinion|any ?(bugs|issues|thing (wrong|embarrassing|off|missing|else to)|problems)|(pick|tear|rip|take) (it|this|that|my|the) ?\w{0,20} apart|tear apart|go over|once.?over|look (it )?over|sanity.check|second (pair|opinion)|roast|nitpick|how bad|would you (merge|change|ship|sign)|ready to (merge|ship)|good enough|overkill|race conditions? in|holes in)\b/i,
    ),
    material('code_reviewer', 'review', 'contains a diff', 4, /^diff --git |^@@ -\d{1,7}(,\d{1,7})? \+\d{1,7}/m),
  ],
  smallTalk:
    /^\W*(hi|hello|hey|yo|thanks?|thank you|thx|ty|cheers|bye|good (morning|evening|night|afternoon)|how are you|what'?s up|lol|haha|ok(ay)?|cool|great|nice|perfect|awesome|tell me a joke|who are you)\b.{0,40}$/is,
  software:
    /\b(code|coding|software|program(s|ming|mer)?|script|function|class(es)?|method|module|package|librar(y|ies)|framework|api|apis|sdk|cli|endpoints?|server|client|backend|frontend|database|db|sql|query|quer(y|ies)|schema|table|column|index|cache|queue|thread|async|loop|array|list|string|integer|float|boolean|null|pointer|type|types|interface|enum|struct|object|json|yaml|xml|csv|html|css|http|https|url|regex|git|commit|branch|merge|repo|repository|deploy|deployment|docker|kubernetes|k8s|helm|terraform|aws|lambda|cloud|s3|linux|bash|shell|terminal|test|tests|unit test|ci|pipeline|build|compile|compiler|import|dependency|dependencies|version|config|env|variable|parameter|argument|return|exception|algorithm|recursion|recursive|data structure|hash|tree|graph|sort|binary|memory|cpu|performance|login|auth|oauth|jwt|token|encryption|component|react|vue|angular|svelte|next\.?js|node|npm|typescript|javascript|python|java|kotlin|swift|golang|rust|ruby|rails|php|laravel|django|flask|fastapi|spring|scala|elixir|haskell|c\+\+|c#|\.net|webpack|vite|graphql|rest|grpc|kafka|redis|postgres|mysql|mongo(db)?|dynamodb|elasticsearch|nginx|webhook|cron|plugin|refactor|migration|microservice|stack ?trace|log|logs|bug|feature|pr|readme|docs?)\b|[a-z]+[A-Z][a-z]+\(?|\b\w+_\w+\b|\w\(\)|\b[\w-]+\.(ts|js|tsx|jsx|py|go|rs|java|kt|rb|php|cs|cpp|c|h|sql|sh|ya?ml|json|md|toml|tf)\b/,
  shortCharacters: 60,
  everydayTasks: ['explain', 'compare', 'implement'],
  defaultRole: 'context_analyzer',
  followUpWeight: 2,
  followUp:
    /^\W*(and|also|but|still|now|again|same|what about|how about|ok(ay)?,? (and|now|but)|then|it|that|this|those|why)\b|\b(the other one|the same|instead|as well|above|you (said|wrote|suggested))\b/i,
  minScore: 2,
  // Refuses 0.7 % of the right pins on the development set (docs/adr/0011): 0.85 would refuse 2.7 %.
  refusePinFrom: 0.86,
};

/** The keyword rules that ship with Switchboard, and the phrases of a role table. */
export const keywordPolicyFor = (table: RoleTable): KeywordPolicy => withRoles(SHIPPED, table);

/** The policy for the roles of this deployment. */
export const KEYWORD_POLICY: KeywordPolicy = keywordPolicyFor(ROLES);
