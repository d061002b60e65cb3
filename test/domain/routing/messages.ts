import type { Subject } from '../../../functions/domain/routing/intent/intent-reading.ts';

export interface Example extends Partial<Subject> {
  readonly message: string;
  readonly role: string;
}

const of =
  (role: string) =>
  (message: string, more: Partial<Subject> = {}): Example => ({ role, message, ...more });
const analyzer = of('context_analyzer');
const generator = of('code_generator');
const debug = of('debugger');
const docs = of('documentation');
const reviewer = of('code_reviewer');
const none = of('none');

const CODE = `import { readFile } from 'node:fs/promises';

export const load = async (path: string) => JSON.parse(await readFile(path, 'utf8'));`;

const DIFF = `diff --git a/src/auth.ts b/src/auth.ts
index 83db48f..bf2a1c7 100644
--- a/src/auth.ts
+++ b/src/auth.ts
@@ -10,7 +10,7 @@ export const login = (user: string) => {
-  return check(user);
+  return eval(user);
 };`;

const NODE_TRACE = `TypeError: Cannot read properties of undefined (reading 'id')
    at renderRow (/app/src/table.js:42:17)
    at Array.map (<anonymous>)
    at render (/app/src/table.js:12:9)`;

const PYTHON_TRACE = `Traceback (most recent call last):
  File "app.py", line 10, in <module>
    main()
ZeroDivisionError: division by zero`;

const JAVA_TRACE = `Exception in thread "main" java.lang.NullPointerException
\tat com.example.Main.main(Main.java:14)`;

const JSON_SAMPLE = `{"id": 7, "name": "Ada", "tags": ["a", "b"], "address": {"city": "Paris"}}`;

/** The five messages of the walking skeleton. */
export const FIVE: readonly Example[] = [
  analyzer(`What does this module do, and what does it import?\n\n\`\`\`ts\n${CODE}\n\`\`\``),
  reviewer(`Please review this change before I merge it:\n\n${DIFF}`),
  debug(NODE_TRACE),
  generator(`Generate TypeScript types from this JSON:\n\`\`\`json\n${JSON_SAMPLE}\n\`\`\``),
  docs('Write a README for my command line tool.'),
];

/** Messages as people write them, and who should answer. */
export const EXAMPLES: readonly Example[] = [
  ...FIVE,
  analyzer('Explain how the retry logic in this service works'),
  analyzer('walk me through the login flow please'),
  analyzer('Where is the session cookie set?'),
  analyzer('What are the dependencies of the billing module?'),
  analyzer('Compare Kafka and SQS for our use case'),
  analyzer('What is the difference between a mutex and a semaphore?'),
  analyzer('Which modules import the legacy client?'),
  analyzer('how does the cache layer decide what to evict'),
  analyzer('Summarise the architecture of this repository'),
  analyzer('What is the impact of removing the users table?'),

  generator('Implement a debounce function in TypeScript'),
  generator('write me a regex that matches ISO dates'),
  generator('Create a Dockerfile for a Django app'),
  generator('Convert this class component to hooks'),
  generator('Refactor this into smaller functions'),
  generator('I need a SQL query for the top ten customers by revenue'),
  generator('Add unit tests for the parser'),
  generator('Scaffold a new Express endpoint for invoices'),
  generator('port this script to Python', { attachments: [{ name: 'run.sh', content: 'ls -la\n' }] }),

  debug(PYTHON_TRACE),
  debug(JAVA_TRACE),
  debug(`it broke:\n\n\`\`\`\n${NODE_TRACE}\n\`\`\``),
  debug('', { attachments: [{ name: 'crash.log', content: PYTHON_TRACE }] }),
  debug('My app crashes on startup'),
  debug('The nightly job is slow since yesterday, it takes 40 minutes'),
  debug('we have a memory leak in the worker'),
  debug('this test fails only on CI, why'),
  debug('the login form does not work in Safari'),
  debug("TypeError: 'NoneType' object is not subscriptable"),

  docs('Write a changelog entry for version 2.3'),
  docs('add docstrings to this module'),
  docs('Draft an ADR about choosing Postgres'),
  docs('write a runbook for the payment outage alarm'),
  docs('Document this function for our API docs'),
  docs('we need a tutorial for new users of the SDK'),
  docs('Turn the attached notes into release notes'),

  reviewer('Please review my pull request before I merge it'),
  reviewer('Is this safe? `db.query("select * from t where id = " + id)`'),
  reviewer('any security issues in the code below?'),
  reviewer(DIFF),
  reviewer('feedback on my error handling please'),
  reviewer('audit this contract for vulnerabilities'),
  reviewer('Does this follow best practices?'),

  none('hi'),
  none('Thanks a lot!'),
  none('good morning :)'),
  none('tell me a joke'),
  none('ok cool'),
];
