/** A sign of a task, in a message in lower case. Rules of a role are asked in order; the first that matches decides. */
export interface TaskRule {
  readonly task: string;
  readonly pattern: RegExp;
}

/** `first`: the first rule of the list that matches decides; `earliest`: the one that matches earliest in the text. */
export interface RoleRules {
  readonly choose: 'first' | 'earliest';
  readonly rules: readonly TaskRule[];
}

const rule = (task: string, pattern: RegExp): TaskRule => ({ task, pattern });

/** What each role is asked for, most telling first; the last task is what it does when nothing tells. */
export const TASK_RULES: Readonly<Record<string, RoleRules>> = {
  context_analyzer: {
    choose: 'first',
    rules: [
      rule(
        'impact_analysis',
        /\b(impact|what (else )?(would|will|could|might|has to|must|needs to|does) (else |have to |i have to )?(break|happen|change)|what happens (to|if)|go(es)? wrong (if|when)|(would|will|does) (that|this|it) (slow|hurt|hit|cost|mean)|how much do (we|i) (save|lose|gain)|an? (afternoon|day|week|month) or an? |if i were to|blast radius|(will|would|does) (it |this |that )?break|what('s| is) affected|affects?|consequences|ripple|how (long|much (work|effort|time)|many (sprints?|days|weeks))|effort|estimate|(if|suppose) (we|i) (drop\w*|remov\w*|delet\w*|chang\w*|renam\w*|upgrad\w*|switch\w*|mov\w*|take (it|this|that) out)|(goes|went|is|were) (away|gone|down) for|what would it take|auswirkung\w*|aufwand|was hängt|impacto|qué pasa si|se rompe|se eu (apag|remov|tir|mud)\w*|was würde (es|das)|was passiert|wenn wir .{1,60} umstellen|conséquences|wpływ|co się stanie)|сколько|на сколько|последств|что сломается|影响|影響|영향/,
      ),
      rule(
        'compare_approaches',
        /\b(compare|comparison|versus|vs\.?|trade-?offs?|pros and cons|differences? between|which (one|is better|is best|option|approach|library|lib|of (the|these) two|makes more sense|should|would)|should (we|i)|better (than|to|for|with)|lesser evil|alternatives?|speaks (for|against)|best (way|practice|fit|choice)|worth (it|the|moving|switching)|yes or no|which do you|which (carries|fits|wins|scales|suits|would you)|(the|our|which|what) options (do|are|have)|la diff\b|vergleich\w*|besser|unterschied|oder lieber|mejor|comparar?|diferencia|meilleur|comparer|différence|meglio|confronta\w*|lepiej|różnic\w*|eroa|skillnad\w*|verschil|beter)\b|\w+ or \w+( for| as| to|\?)|^[\w.#+]+ or [\w.#+]+\b|лучше|сравн|разниц|краще|哪个|更划算|区别|相比|どちら|どっち|比較|차이|비교|الفرق|أفضل/,
      ),
      rule(
        'dependencies',
        /\b(depend(s|encies|ency|ents?|ed|ing)?|who (uses|calls|imports|consumes|else)|what (uses|calls|imports|else (uses|calls|imports))|(is|are) (it|this|that|any of (it|them)|anything|anyone|anybody) (still )?(using|used)|still (use|uses|used|using|call|calls|called)|callers?|call sites?|consumers|imports?|import graph|where (is|are) .{1,60} used|which .{1,60} (use|uses|call|calls|import|imports|need|needs|run|runs|rely|relies)|used (by|anywhere|in)|couple[ds]?|coupling|(rely|relies) on|transitive\w*|abhäng\w*|verwend\w*|depende\w*|usan|utilise\w*|zależ\w*|zależności|dipend\w*|ovisi)\b|завис|использу|依赖|依存|의존/,
      ),
      rule(
        'architecture',
        /\b(architecture|architektur|arquitectura|architettura|architectuur|overview|big picture|overall (structure|design)|how (is|are) .{1,60} (structured|organi[sz]ed|laid out|set up)|high.level|structure of|map of (the|our|this)|architecture diagram|where do(es)? .{0,20}start|a tour|tour of|lay of the land|which layers|(modules?|components?|subsystems?) (are|is|do) there|main (modules|components|parts)|project structure|(explain|understand|summari[sz]e|through|of) (the|this|our) (whole |entire )?(codebase|repo|repository|project)|überblick|aufbau|estructura|vue d'ensemble|panoramica|przegląd)\b|архитектур|структур|架构|整体|全体|構成|구조/,
      ),
      rule(
        'trace',
        /\b(where|wherever|who (sets?|writes?|reads?|decides?|fires?|triggers?|sends?|resets?|gets?|creates?|fills?|makes?|puts?|changes?)|which (file|function|service|class|module|part|code|job|thread|branch|line|place|one|of)|trace|follow|from .{1,60} (to|until)|flow|path|step by step|end.to.end|life ?cycle|what happens (when|if|after|between|from|to)|at which (point|step)|when (does|do|is|are)|how does .{1,80} (get|reach|end up|arrive|come|travel|flow)|come from|comes from|sent to|writes? to|end up|find every|wo|woher|wer|ablauf|dónde|quién|où|qui|dove|chi|gdzie|kto|var|vem|missä|kuka|waar|wie roept|nerede|onde|quem)\b|где|откуда|кто|де |звідки|哪里|谁|流程|どこ|誰|流れ|어디|누가|أين|كيف يتم|कहाँ/,
      ),
    ],
  },
  code_generator: {
    choose: 'earliest',
    rules: [
      rule(
        'regex',
        /\b(regex\w*|regx|regexp|regular expressions?|expresión regular|expression régulière|regulären? ausdruck\w*)\b|正则|正規表現|정규식|регуляр/,
      ),
      rule(
        'tests',
        /\b((unit|integration|e2e|regression|snapshot|property|smoke|load|acceptance|contract|component) ?-?tests?|tests? (for|that|around|cases?|suite|coverage|pls|please|this)|(write|add|generate|need|want|cover\w*|missing|some|more|proper|give me) (me )?(some |a |the |with |proper |unit )*(tests?|specs?|coverage)|test (it|this|that|them|every|all|the)|specs? for|mocks?|fixtures?|fuzz(er|ing)?|property.based|coverage|tests schreiben|testfälle|unittests?|pruebas|tests unitaires|testes|testy|testit|testjes)\b|тест(ы|ами|ов)|测试用例|单元测试|テストを|テスト(コード|書)|테스트/,
      ),
      rule(
        'port',
        /\b(port( (it|this|that|these|the|to|from|over|of|our))?|ported|porting|translate .{1,80} (to|into|in) |transpile|1:1 semantics|convert .{1,100} (to|into) (an? |our |apple )?(python|go|golang|rust|typescript|ts|java|kotlin|swift|c#|c\+\+|ruby|php|elixir|esbuild|vite|vyper|sql|julia|scala|js|javascript|dart|bash|powershell|postgres\w*|terraform|yaml|json|toml|apple|css|scss|tailwind)|(migrate|move|switch|upgrade|bump) .{0,80}\b(from|to|off|onto|over) |upgrade to|same (thing |one )?in (python|go|rust|typescript|java|kotlin|swift|c#|c\+\+|ruby|julia|php)|equivalent in|\d\.\d+ ?(→|->|to) ?\d|(into|to) (python|typescript|kotlin|swift|rust|golang|jax|vyper)|portier\w*|umschreiben in|migra\w* (a|da|de) |portar|porter|przepisz na)\b|перепиши на|портир|移植|迁移到|に移行|へ移植|으로 변환|を.{1,12}に(変換|書き換え)/,
      ),
      rule(
        'refactor',
        /\b(refactor\w*|rename|renaming|extract|clean ?up|tidy|simplify|dedup(licate)?|de-?duplicate|split (it|this|that|up|into|the|out)|untangle|decouple|inline|re-?write|rewrite|restructure|reorgani[sz]e|get rid of|replace .{1,60} (with|by)|swap .{1,60} (for|with)|move .{1,80} (to|into|out)|into (its|their) own|turn .{1,60} into|more (readable|idiomatic)|(shorter|cleaner|nicer) version|without changing |idiomatic|hooks|the way a \w+ would|pull .{1,60} (out|into)|merge (them|the two|these|both)|(make|making) (it|this|that|them) (pure|generic|async|immutable|smaller|shorter|readable|reusable)|with types|by hand|umbenenn\w*|aufräumen|vereinfach\w*|auslagern|refactoriza\w*|renombra\w*|simplifi\w*|renomm\w*|rinomina\w*|zrefaktor\w*|uprość)\b|рефактор|переимен|упрост|вынес|重构|改名|リファクタ|리팩/,
      ),
      rule(
        'sql',
        /\b(sql|query|queries|select\s[^;]{1,200}\sfrom|(insert into|create table|alter table|left join|group by|cte|ctes|window function|stored procedure|trigger|materiali[sz]ed view|abfrage|consulta|requête|zapytanie|kysely))\b|запрос|查询|クエリ|쿼리/,
      ),
      rule(
        'configuration',
        /\b(config(ure|uration|s)?|dockerfiles?|docker-?compose|compose file|yaml|yml|ini|toml|\.env|env(ironment)? (var|file)\w*|github actions?|gitlab ci|gitlab-ci|ci|pipeline|workflow file|terraform|helm( chart)?|k8s|gitignore|gradle build|moved block|kubernetes|manifests?|deployment|nginx|eslint|prettier|linter|lint|tsconfig|webpack|vite config|systemd|ansible|playbook|cron ?job|crontab|codeowners|dependabot|renovate|makefile|pre-commit|editorconfig|feature flag|healthcheck|ingress|networkpolicy|iam policy|s3 bucket|alert(ing)? rule|prometheus rule|logrotate|caddy\w*|traefik|konfig(uration|datei)\w*|configura(r|ción|zione|ção)|konfiguracj\w*|after each deploy|arm image|multi-stage)\b|плейбук|конфиг|配置|設定|설정/,
      ),
      rule(
        'scripts',
        /\b(scripts?|skript\w*|bash|shell|powershell|one-?liner|macro|makro|(a|an|small|little|tiny) (\w+ )?cli|cli (in|that|which|for|tool)|command.line tool|cron|batch (job|file)|automat(e|ion)|applescript|jcl|(git|commit|push) hook|script[oe]|scrape(r)?|little tool|status light|vba|userscript)\b|скрипт|脚本|スクリプト|스크립트|سكريبت/,
      ),
      rule(
        'scaffold',
        /\b(scaffold\w*|boilerplate|skeleton|starter|bootstrap|template (repo|project)|new (project|app|service|repo|module|package)|from scratch|minimal (project|app|example|setup)|set ?up (a|an|the|me|our) (new )?(project|repo|app|service|monorepo|workspace)|(new|fresh|empty) (streamlit|gradio|expo|vite|next\.?js|django|rails|flask|fastapi|electron|flutter) (app|project|skeleton)|prototype|hello world|poc|proof of concept|grundgerüst|esqueleto|squelette|scheletro|szkielet)\b|каркас|脚手架|雛形|뼈대/,
      ),
    ],
  },
  debugger: {
    choose: 'first',
    rules: [
      rule(
        'stack_traces',
        /^\s{0,12}at [^\n]{1,300}[:(]\S|traceback \(most recent call last\)|exception in thread|^panic: |^goroutine \d|stack ?trace|stacktrace|thread '[^'\n]{1,80}' panicked|caused by: |^#\d{1,3}\s{1,4}\S|^\s{0,8}from [^\n]{1,200}\.rb:\d|backtrace/m,
      ),
      rule(
        'failing_tests',
        /\b(tests? .{0,60}(fail\w*|red|break\w*|broken|flaky|pass)|(fail(s|ing|ed|ure)?|flaky|red|broken|breaks?) .{0,40}(tests?|specs?|assertion|suite)|(flaky|failing) |test_\w+|tests? (is|are|turn) |assertion|expected .{1,80}(but|to|received|got)|specs? (fail\w*|red)|snapshot|jest|pytest|e2e|schlägt fehl|rot|test (falla|fallan|échoue|fallisce))\b|тест\w* (пада|не прох)|测试失败|テストが(落|失敗)|테스트가/,
      ),
      rule(
        'leaks',
        /\b(leak(s|ing|age|ed)?|memory (climbs|grows|usage|keeps|goes|creeps)|(ram|heap|memory|rss|connections?|handles?|descriptors?) .{0,50}(grow\w*|climb\w*|leak\w*|creep\w*|rise\w*|pile\w*|never (freed|released|closed)|run(s|ning)? out|exhaust\w*)|oom(killed)?|out of memory|too many (open files|connections)|speicherleck|fuga de memoria|fuite mémoire|wyciek\w*)\b|утечк|内存泄漏|メモリリーク|메모리 (누수|릭)/,
      ),
      rule(
        'crashes',
        /\b(crash(es|ed|ing)?|segfault\w*|segmentation fault|core dump\w*|sigsegv|sigabrt|bus error|bsod|hangs?|hung|freez(e|es|ing)|frozen|deadlock\w*|stuck|dies?|died|dying|killed|restarts? (itself|every|all)|reboot\w*|crashloop\w*|goes down|abst(u|ü)rz\w*|stürzt|hängt|se (cuelga|cierra)|plant(e|é)|si blocca|kaatuu|krasch\w*|crasht|zawiesza|çöküyor)\b|пада(ет|ют)|вылета|завис|崩溃|卡死|落ちる|固まる|フリーズ|크래시|멈/,
      ),
      rule(
        'performance',
        /\b(slow(er|ly|ness)?|sluggish|laggy|lags?|latency|time-?outs?|times? out|timed out|takes? (\d+|ages|forever|too long|minutes|hours|half)|performance|throughput|high cpu|cpu (at|is|goes|spikes?|usage)|100 ?% cpu|bottleneck|n\+1|p9[59]|speed (it |this )?up|faster|full table scan|langsam|lento|lenta|lent|lente|hidas|traag|wolno|yavaş|långsam\w*|langsom)\b|медлен|тормоз|慢|遅い|重い|느려|느린|بطيء/,
      ),
      rule(
        'errors',
        /(?<!\b(no|without|without an|zero|any) )\b([\w.]*(error|exception)s?\b(?! (page|message|rate|bars?|text|codes? (are|table)))|err_\w+|errno|e[a-z]{4,12}: |fatal|(ora|err|cs|ts|sql|hr|e|rc|code|status)[-_ ]?0?x?\d{2,6}|(http |status |a |gives? |with |returns? |the )?(4\d\d|50\d)s?|(is|was|are) (not|un)\w* (allowed|defined|supported|found)|undefined (is|reference|symbol)|cannot (find|read|open|connect|resolve)|could not|can't (connect|find|resolve|open|load)|denied|refused|unable to|not (found|recognized|allowed)|no such|invalid|unexpected (token|end|identifier)|fails? (with|in|on|to)|won't (build|compile|start|boot|install)|(doesn't|does not|dont) (build|compile|start|install)|build (fails?|is broken|broke)|compil\w+|linker?|link step|exit code|exits? with|warning|complain(s|ing) (about|that)|fehler\w*|fehlermeldung|erreur|errore|błąd|virhe|fout|fel|hata)\b|error:|ошибк|помилк|报错|错误|エラー|에러|오류|خطأ|त्रुटि/,
      ),
      // What is wrong is said elsewhere, or not at all.
      rule(
        'fix',
        /^\W*((please|pls|can you|could you|just|ok|so|now|and|then) )*(fix|repair|solve|debug|correct|sort|patch)( (it|this|that|these|those|them|(the|this|that) (bug|issue|problem|thing|rest|mess)))?( out| up| too| please| pls| then| now| first)*\W*$|^\W*(?=\w)((nope|no|still|same|again)\b\W*)?((not fixed|still (fails|broken|failing|happening|there|nothing|no)|same (thing|problem|issue|here|again)|no luck|didn't help|broken|doesn't work|does not work|kaputt|still)\b\W*)?((still|again|now|yet)\b\W*)*$/,
      ),
    ],
  },
  documentation: {
    choose: 'earliest',
    rules: [
      rule(
        'changelog',
        /\b(change ?logs?|release ?notes?|commit ?-?messages?|commit[- ]?msg|(pr|pull request|mr|merge request) (description|text|body|title|template)|what'?s new|upgrade notes?|git log|version history|announc\w+|issue template|bug report|notas de (la )?versión|notes de version|note di rilascio|änderungs(protokoll|historie)|keepachangelog|squash message|commits? .{0,60}(message|subject))\b|коммит|чейнджлог|变更日志|更新日志|提交信息|変更履歴|コミット(メッセージ)?|リリースノート|커밋 메시지|릴리스/,
      ),
      rule(
        'adr',
        /\b(adrs?|decision (record|log)|rfc|post-?mortems?|incident (report|review|write-?up)|design (doc|document|note|proposal)|retrospective|write up (the|this|our|why) (decision|incident|outage)|rationale|verification report|compliance|justification|(customer|stakeholder|management) (communication|report|summary|update)|white ?paper|status (page|report|update)|root cause (report|document)|why we (chose|picked|went)|entscheidung\w*|decisión|décision)\b|постмортем|архитектурное решение|复盘|設計書|障害報告|의사결정/,
      ),
      rule(
        'runbook',
        /\b(run-?books?|playbook|on-?call|checklist|procedures?|operat(ions|ing|or)( manual| guide| handbook)?|rollback (steps|plan|instructions)|disaster recovery|release process|escalation|how to (deploy|restore|roll back|rotate|restart|recover|flash|build|provision)|cron ?jobs?|numbered steps|sop|flash(ing)?,|3 ?am|steps to (deploy|restore|recover)|betriebshandbuch|handover|hand-?off|recovery)\b|ранбук|регламент|运维手册|手順書|런북/,
      ),
      rule(
        'docstrings',
        /\b(doc-?strings?|jsdocs?|javadocs?|tsdocs?|rustdocs?|xml ?docs?|godocs?|phpdocs?|kdocs?|doxygen|roxygen|(in-?line|code|header|block|the|add|some|plain|proper) comments?|comment (the|this|every|each|all|it)|annotate|comments? (in|on|for|to|above)|doc comments?|sentence each|kommentier\w*|kommentare|comentarios|commentaires|commenti|komentarze)\b|докстринг|комментар|注释|コメント|주석/,
      ),
      rule(
        'usage_examples',
        /\b(usage (examples?|section)|code (examples?|samples?|snippets?)|examples? (of|for|how|that|section|in|to)|worked examples?|sample (code|calls?|requests?|usage)|snippets?|cookbook|recipes?|beispiele?|ejemplos?|exemples?|esempi[o]?|przykład\w*)\b|пример|示例|使用例|サンプル|예제/,
      ),
      rule(
        'api_docs',
        /\b(api (docs?|documentation|reference|page|description|guide)|openapi|swagger|endpoint (docs?|description|reference)|reference (docs?|page|table|section|manual|documentation)|references?|docs? (page|for (the )?(api|endpoint|function|class|module|sdk|cli))|public (api|interface)|parameters?|config(uration)? (options|reference|table|keys)|interface (agreement|description|spec\w*)|data dictionary|glossary|error codes?|man ?page|schema|table of|field (by field|descriptions?)|spec(ification)?|document (the|this|these|all|every|each|our|my) |the docs page|a small table|abi|protocol|--help|help text)\b|описание (api|апи|эндпоинт)|接口文档|API ?ドキュメント|仕様書|api 문서/,
      ),
      rule(
        'readme',
        /\b(read-?me|landing page|project (description|page)|install(ation)? (guide|section|docs|instructions|page)|contribut(ing|or'?s?)( guide)?|getting.started|quick.?start|about (page|section)|docs site|repo description|badges?|usable by others|leesmij|lisezmoi|lies ?mich)\b|ридми|说明文件|리드미/,
      ),
    ],
  },
  code_reviewer: {
    choose: 'first',
    rules: [
      rule(
        'security',
        /\b(secur\w+|safe(ly)?(?! (on|for|to (merge|deploy|ship|run|drop|delete)))|unsafe|path traversal|gdpr|supply chain|(readable|open|exposed|public) (to|for|by) (anyone|everyone|the (world|internet|public))|mdp|contraseña\w*|passw[oö]rt\w*|mot de passe|vulnerab\w+|exploit\w*|attack\w*|injection|xss|csrf|owasp|pen-?test\w*|threat|hack\w*|leak (secrets|data|tokens)|secrets?|tokens?|jwts?|auth\w*|permissions?|privilege\w*|passwords?|crypto\w*|public(ly)?[- ]read\w*|encrypt\w*|login|magic links?|sandbox|sicher\w*|segur\w+|sécuri\w*|sicur\w*|bezpiecz\w*|uprawnie\w*|güvenli\w*)\b|безопас|уязвим|admin"|安全|セキュリティ|보안|أمان/,
      ),
      rule(
        'approval',
        /\b(approv\w+|mergeable|(before|should|can|could|may|would|will|ok(ay)? to|safe to|ready to|still) .{0,30}\b(merge|ship|apply|release|deploy)|merge (it|this|that)\b|lgtm|shippable|sign(-| )?off|(good|ok|okay|ready|fine) to (go|merge|ship|deploy|release)|blocks the merge|veto|go live|can (this|it) go (in|out|live)|thumbs up|freigabe|freigeben|aprob\w*|aprueb\w*|approuv\w*|godkänn\w*|zatwierd\w*|se me pasó|merge et\w*|file\.(patch|diff))\b|\/(pull|merge_requests)\/\d|^@@ |апрув|мерж|合并|上线|マージ|머지/m,
      ),
      rule(
        'practices',
        /\b(idiomatic|best.practices?|good practice|bad practice|conventions?|standards?|style ?guide|anti-?patterns?|naming|names?|design|architecture|approach|proposal|plan|schema|pattern|solid|dry|overkill|over-?engineer\w*|under-?engineer\w*|reasonable|sane|sensible|sound|right way|the way (to|we|you)|how you do it|defensible|alright for us|justified|make sense|smells?|maintain(able|ing|ability)|strategy|proper way|wise|in a year|sin|consider(ed)? (good|bad)|(we|i) (store|keep|use|intend|have|built|went|decided|plan)\b|opinion|üblich|sinnvoll|sauber|buenas prácticas|bonnes pratiques|buone pratiche|konwencj\w*|dobre praktyki)\b|принято|идиоматич|规范|命名|設計|規約|설계/,
      ),
    ],
  },
};

/** Tasks of roles for which no rule matched. */
export const DEFAULT_TASKS: Readonly<Record<string, string>> = {
  context_analyzer: 'explain',
  code_generator: 'implement',
  debugger: 'wrong_output',
  documentation: 'tutorial',
  code_reviewer: 'quality',
};
