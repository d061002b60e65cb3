import type { IntentReading, Subject } from './intent-reading.ts';
import type { MessageView } from './message-view.ts';

/** What speaks for or against much work: how often, how far it counts, and what once is worth. */
interface Sign {
  readonly worth: number;
  readonly most: number;
  readonly pattern: RegExp;
}

const sign = (worth: number, most: number, pattern: RegExp): Sign => ({ worth, most, pattern });

/**
 * The formula: a logistic of a sum. Signs were chosen by hand; what they are worth was fitted (pairwise logistic
 * regression, held near what was set by hand) on test/domain/routing/intent/complexity-pairs.jsonl and rounded.
 */
const START = -1.5;
/** For each doubling of the prose beyond 16 characters. */
const DOUBLING = 0.5;
const SHORT_CHARACTERS = 16;
const FILE = { worth: 0.2, most: 5 };
const STEP = { worth: 1.4, most: 3 };
/** Kinds of task that are more or less work than they sound. */
const TASKS: Readonly<Record<string, number>> = {
  changelog: -0.3,
  readme: -0.2,
  tests: -0.3,
  tutorial: -1,
  quality: -0.4,
  implement: 0.7,
  refactor: 0.5,
  sql: 0.4,
  performance: 0.4,
  security: 0.3,
  wrong_output: 0.3,
};

const SIGNS: readonly Sign[] = [
  // Scope: much of it, or the shape of it.
  sign(
    0.9,
    3,
    /\b(all|whole|entire|every(where)?|across|each of|throughout|codebase|monorepo|monolith|repositor(y|ies)|complete(ly)?|end.to.end|full|system|services|modules|packages|platform|multi-\w+|gesamte[nrs]?|alle[nrs]?|vollständig\w*|todo el|toda la|todos|tout(e|es)? (le|la|les)|tous|tutt[aei]|wszystk\w*|todas?)\b|вс[её]|весь|всю|整个|全部|所有|全体|すべて|전체|모든/gu,
  ),
  sign(
    1.0,
    2,
    /\b(architect\w*|redesign|design (a|an|the|and)|migrat\w*|rewrite|re-?build|rework|overhaul|port (our|the)|moderni[sz]e|from scratch|framework|engine|protocol|compiler|parser|scheduler|pipeline|operator|plugin system|split|extract|consolidate|roadmap|strategy|threat model|state machine|architektur|arquitectura|progetta\w*|zaprojektuj|projet\w*|migración|migração|migrację|diseña)\b|архитектур|миграц|перепис|架构|迁移|設計|移行|마이그레이션|설계/gu,
  ),
  // What makes work hard whatever its size.
  sign(
    0.2,
    3,
    /\b(concurren\w*|race condition|races?|dead-?lock\w*|lock-free|thread\w*|parallel|distributed|consensus|replicat\w*|shard\w*|exactly.once|idempot\w*|eventual\w*|transaction\w*|failover|multi-?tenan\w*|tenants?|real-?time|backpressure|under load|at scale|high availability|consisten\w*|conflict resolution|partition|synchroni[sz]\w*|sync|offline|verteilt\w*|distribuid\w*|distribué\w*)\b|распредел|блокировк|под нагруз|并发|分布式|同時|分散|동시성/gu,
  ),
  sign(
    0.9,
    2,
    /\b(secur\w*|encrypt\w*|cryptograph\w*|oauth2?|oidc|saml|sso|authenticat\w*|authori[sz]\w*|permissions?|vulnerab\w*|least privilege|audit\w*|compliance|gdpr|threats?|sicherheit\w*|seguridad|segurança|sécurité|sicurezza)\b|безопасн|安全|セキュリティ|認証|보안/gu,
  ),
  sign(
    0.9,
    2,
    /\b(root cause|intermittent\w*|sometimes|random(ly)?|flaky|only (in|under|on|behind)|leak\w*|corrupt\w*|bottleneck|profile|p9\d|latency|benchmark|optimi[sz]\w*|performance|production|reproduce|investigate|figure out|find out|trade-?offs?|compare .{1,60} and|alternatives|impact|estimate|analy[sz]e)\b|найди причину|проанализ|分析|原因を|분석/gu,
  ),
  // Things that nobody builds, changes or understands in an hour.
  sign(
    1.4,
    2,
    /\b(kernel|driver|compil(er|ation|ers)|parser|lexer|type checker|interpreter|garbage collector|allocator|raft|paxos|crdts?|b\+? ?-?trees?|codec|netcode|solver|gpu|cuda|simd|vulkan|renderer|query (planner|optimi[sz]er)|rules? engine|engine|orm|protocol|driver|firmware|bootloader|hypervisor|sandbox\w*|smart contracts?|ledger|billing|payments?|permission(s)? (model|system)|feature store|event.?sourc\w+|cqrs|saga|sso|iam|service mesh|multi-?region|across regions|autoscal\w+|self-heal\w*|drift|replay\w*|staging|chaos|failover|disaster|recover\w*|sharding|time zones|offline|collaborat\w+|undo|wcag|gdpr|jvm|benchmark|formal|proof|prove|reverse.engineer\w*|vectori[sz]e|incremental\w*|determinis\w+|machine learning|static anal\w+|untangle|legacy|upgrade|rollout|zero-?downtime|lock-?free|graphql|grpc|kubernetes|terraform|microservices?|queues?|webhooks?|cach(e|es|ing)|schema|tracing|observability|secrets|dark mode|plugin\w*|dsl|cluster\w*)\b/gu,
  ),
  sign(
    0.5,
    1,
    /\b(for everything|everywhere|for the whole|for all|off \w+|replace (the|our)|eliminate|get rid of|deploys?|production|regression|strategy|roadmap)\b/gu,
  ),
  // Limits that the work has to keep.
  sign(
    0.2,
    3,
    /\b(without (changing|downtime|losing|dropping|any)|must|may not|identical|compatib\w*|zero.downtime|no downtime|rollback|at least|at most|under \d+|within \d+|between \d|exactly|same results|ohne|sin|sans|senza|bez|sem)\b|не меняя|без |不能|必须|ただし/gu,
  ),
  // Several things at once.
  sign(0.2, 6, /,\s|;\s|、|，|\band\b|\bplus\b|\bwith\b|\bund\b|\bet\b|\by\b|\be\b|\bi\b| и |、|和|并|と|및/gu),
  sign(
    0.7,
    3,
    /\b(then|after that|afterwards|finally|and also|as well as|including|inklusive|danach|luego|puis|poi|potem)\b|затем|потом|然后|その後|그리고/gu,
  ),
  sign(
    0.2,
    2,
    /\b(tests?|documentation|docs|runbook|guide|tutorial|benchmark|monitoring|dashboards?|metrics|retries|versioning|error handling)\b/gu,
  ),
  // Small things.
  sign(
    -0.9,
    2,
    /\b(typo|rename|renam\w*|spelling|one-?liner|one (line|sentence|word)|this (line|name|word|variable|function|loop|string|comment|test|parameter|sentence|number|if|date|query|file)|indentation|semicolon|comma|label|colou?r|font|placeholder|icon|bump|log line|console\.?log|checkbox|button|hello world|unused|just|quick(ly)?|simple|simply|small|tiny|little|nit|title|heading|text of|umbenenn\w*|benenne|tippfehler|errata|literówk\w*|commentaire|espaço|colore|pulsante)\b|опечатк|переимен|变量名|改成|関数名|직접|버튼|글자/gu,
  ),
  // Talk around it, a single spot, an exact text: who can say it in full asks for little.
  sign(
    -1.1,
    4,
    /\b(in line \d+|line \d+|lines?|the (line|word|text|title|label|sentence|folder|file|button|field|footer|header|page|list|table|tooltip|constant|command|section|row|column|logo|link|name|method|function|string|array|number|item|script|method|dialog|input|colou?r|default|version|option|flag|key|keys|comment|first|last)|called|says|spelled|written|stands for|in one (line|sentence)|(a|one|short) (sentence|answer|line)|blank lines?|one place|briefly|what does|what('s| is| was) the (name|difference|keyboard)|which (command|line|http)|how do i|how's that|keyboard shortcut|do i have to|should (be|say)|set to|from ["'`“\d]|instead of|rather than)\b/gu,
  ),
  sign(-0.8, 2, /["“„'`][^"”'`\n]{1,60}["”'`]/gu),
  sign(
    -0.6,
    2,
    /\b(hi|hello|hey|thanks|please|could you|would you|can you|i'd like|i would like|i'd love|colleague|nothing (else|fancy)|that's all|i forgot|i'm new|sorry|just|only)\b/gu,
  ),
  sign(
    -0.6,
    1,
    /^\W*(what('s| is| does| do)|who|where('s| is)?|which|when|is|are|does|how (do|many)|why (is|does)|should i|add an?|set|fix the|remove|show|print|return|change the|make the \w+ \w+$|delete|drop|skip|pin|open|raise|restart|log|disable|hide|lgtm)\b/gu,
  ),
];

const timesIn = (text: string, { pattern, most }: Sign): number => {
  let times = 0;
  for (const _ of text.matchAll(pattern)) {
    times += 1;
    if (times === most) break;
  }
  return times;
};

/**
 * How much work and thought a message asks for, in [0, 1]: by its length, how much it spans, what is hard about it,
 * what it must keep, how many roles it asks for, what kind of task it is and the files that it brings.
 * Only the order means something: 0.7 is more than 0.5. Linear in the view.
 */
export const complexityOf = (
  subject: Pick<Subject, 'attachments'>,
  view: MessageView,
  { steps, taskType }: Pick<IntentReading, 'steps' | 'taskType'>,
): number => {
  let sum = START;
  sum += DOUBLING * Math.max(0, Math.log2(view.text.length / SHORT_CHARACTERS));
  sum += FILE.worth * Math.min(FILE.most, subject.attachments.length);
  sum += STEP.worth * Math.min(STEP.most, Math.max(0, (steps?.length ?? 1) - 1));
  sum += TASKS[taskType] ?? 0;
  for (const one of SIGNS) sum += one.worth * timesIn(view.text, one);
  return 1 / (1 + Math.exp(-sum / 2));
};
