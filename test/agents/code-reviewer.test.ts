import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../functions/agents/code-reviewer.ts';
import { ask } from './ask.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const review = async (message: string): Promise<string[]> => {
  const { metadata } = await ask(handler, message);
  return (metadata.findings as { id: string; line: number }[]).map(({ id, line }) => `${line} ${id}`);
};

const fenced = (language: string, code: string): string => `Review this:\n\`\`\`${language}\n${code}\n\`\`\``;

/** Language, one line of code, and the findings on it. */
const LINES: readonly (readonly [string, string, readonly string[]])[] = [
  ['ts', "const apiKey = 'k3y-7f9a2b';", ['hard-coded-secret']],
  ['ts', "const config = { password: 'hunter2!' };", ['hard-coded-secret']],
  ['java', 'private static final String DB_PASSWORD = "s3cr3t99";', ['hard-coded-secret']],
  ['py', 'client_secret = "9f8e7d6c5b"', ['hard-coded-secret']],
  ['ts', 'const apiKey = process.env.API_KEY;', []],
  ['ts', "const password = '';", []],
  ['ts', "const label = { password: 'Password', token: 'Token' };", []],
  ['ts', "const secretName = 'prod/db1';", []],
  ['ts', "const password = '<your-password-1>';", []],
  ['py', 'key = "AKIAIOSFODNN7EXAMPLE"', ['secret-in-source']],
  ['js', 'eval(input);', ['code-evaluation']],
  ['js', "const f = new Function('a', body);", ['code-evaluation']],
  ['js', 'const found = pattern.exec(text);', []],
  ['py', 'model.eval()', []],
  ['py', 'exec(source)', ['code-evaluation']],
  ['js', '// eval(input) is bad', []],
  ['js', "log.warn('never use eval(x)');", []],
  ['js', 'const re = /eval\\(/;', []],
  ['js', "db.query('SELECT * FROM users WHERE id = ' + id);", ['sql-concatenation']],
  ['ts', `db.query(\`SELECT * FROM users WHERE id = \${id}\`);`, ['sql-concatenation']],
  ['ts', `db.query(sql\`SELECT * FROM users WHERE id = \${id}\`);`, []],
  ['js', "db.query('SELECT a FROM t ' + 'WHERE b = ?', [b]);", []],
  ['js', "db.query('SELECT a FROM t WHERE b = ?', [b + 1]);", []],
  ['py', 'cur.execute(f"DELETE FROM t WHERE id = {x}")', ['sql-concatenation']],
  ['py', 'cur.execute("SELECT a FROM t WHERE id = %s" % x)', ['sql-concatenation']],
  ['py', 'cur.execute("SELECT a FROM t WHERE id = %s", (x,))', []],
  ['py', 'cur.execute("SELECT a FROM t WHERE id = {}".format(x))', ['sql-concatenation']],
  ['java', 'String q = "SELECT * FROM u WHERE n = \'" + n + "\'";', ['sql-concatenation']],
  ['go', 'q := fmt.Sprintf("SELECT * FROM u WHERE n = %s", n)', ['sql-concatenation']],
  ['js', 'try { go(); } catch (e) {}', ['swallowed-error']],
  ['js', 'try { go(); } catch { /* the file need not exist */ }', []],
  ['go', 'if err != nil {}', ['swallowed-error']],
  ['py', 'except ValueError: pass', ['swallowed-error']],
  ['py', 'except:', ['bare-except']],
  ['py', 'except (OSError, ValueError) as error:', []],
  ['py', 'requests.get(url, verify=False)', ['tls-verification-off']],
  ['ts', 'new Agent({ rejectUnauthorized: false });', ['tls-verification-off']],
  ['go', 'cfg := &tls.Config{InsecureSkipVerify: true}', ['tls-verification-off']],
  ['js', 'if (a == b) go();', ['loose-equality']],
  ['js', 'if (a == null) go();', []],
  ['js', 'if (a === b && c <= d && e => f) go();', []],
  ['py', 'if a == None: go()', ['none-comparison']],
  ['java', 'if (name == "x") go();', ['string-identity']],
  ['java', 'if (name == null) go();', []],
  ['js', 'if (a = 3) go();', ['assignment-in-condition']],
  ['js', 'items.forEach(async (item) => save(item));', ['async-for-each']],
  ['ts', 'const a = 1; // TODO: more', ['todo-left']],
  ['ts', "const a = 'TODO';", []],
  ['ts', 'const TODO = 1;', []],
  ['py', '# FIXME', ['todo-left']],
  ['js', 'console.log(user);', ['debug-output']],
  ['java', 'e.printStackTrace();', ['debug-output']],
  ['py', 'subprocess.run(cmd, shell=True)', ['shell-injection']],
  ['py', 'subprocess.run(["ls", path])', []],
  ['js', `execSync(\`ls \${folder}\`);`, ['shell-injection']],
  ['js', "execFile('ls', [folder]);", []],
  ['py', 'yaml.load(text)', ['unsafe-deserialization']],
  ['py', 'yaml.load(text, Loader=yaml.SafeLoader)', []],
  ['py', 'yaml.safe_load(text)', []],
  ['py', 'pickle.loads(blob)', ['unsafe-deserialization']],
  ['py', 'def f(a, b=[]):', ['mutable-default']],
  ['py', 'def f(a, b=None, c=()):', []],
  ['js', 'node.innerHTML = text;', ['html-injection']],
  ['ts', '// @ts-ignore', ['check-suppressed']],
];

const CLEAN: readonly (readonly [string, string])[] = [
  [
    'ts',
    `import { readFile } from 'node:fs/promises';

/** Reads a user. Not a TODO list; never \`eval\`s; "SELECT * FROM x" + y is only prose. */
export const readUser = async (id: string): Promise<User | undefined> => {
  const text = await readFile(\`users/\${id}.json\`, 'utf8');
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed == 'object' && parsed !== null) return User.parse(parsed);
  const ratio = text.length / 2 / id.length;
  return ratio >= 1 ? undefined : { id, password: undefined };
};`,
  ],
  [
    'py',
    `import logging
import subprocess

def run(args: list[str], env: dict[str, str] | None = None) -> str:
    """Runs a command. Never with shell=True; eval(x) and 'except:' stand only here."""
    try:
        result = subprocess.run(args, env=env, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        logging.error("failed: %s", error)
        raise
    return result.stdout if result.stdout is not None else ""`,
  ],
  [
    'java',
    `public class Orders {
  private static final String FIND = "SELECT id FROM orders WHERE id = ?";
  Order find(String id) throws SQLException {
    try (PreparedStatement s = db.prepareStatement(FIND)) {
      s.setString(1, id);
      return "open".equals(status) ? read(s) : null;
    } catch (SQLException e) {
      throw new StoreException("find", e);
    }
  }
}`,
  ],
  [
    'go',
    `func Find(ctx context.Context, db *sql.DB, id string) (*Order, error) {
	row := db.QueryRowContext(ctx, "SELECT id FROM orders WHERE id = $1", id)
	if err := row.Scan(&o.ID); err != nil {
		return nil, fmt.Errorf("find %s: %w", id, err)
	}
	return &o, nil
}`,
  ],
];

const DIFF = `diff --git a/src/pay.py b/src/pay.py
index 1111111..2222222 100644
--- a/src/pay.py
+++ b/src/pay.py
@@ -10,5 +10,6 @@ def pay(order):
 total = eval(order.total)
-debug = eval(order.debug)
+debug = int(order.debug)
+rate = eval(order.rate)
 if total == None:
     return
+# TODO: refunds
@@ -40,2 +41,3 @@
 a = 1
+pickle.loads(a)
 b = 2
diff --git a/web/page.ts b/web/page.ts
--- a/web/page.ts
+++ b/web/page.ts
@@ -1,2 +1,3 @@
  * the tail of a comment: eval(x) TODO
  */
+page.innerHTML = text;
`;

describe('the code reviewer', () => {
  it.each(LINES)('judges %s: %s', async (language, line, ids) => {
    expect(await review(fenced(language, `\n\n${line}`))).toEqual(ids.map((id) => `3 ${id}`));
  });

  it.each(CLEAN)('finds nothing in clean %s', async (language, code) => {
    expect(await review(fenced(language, code))).toEqual([]);
  });

  it.each([
    ['bare', DIFF],
    ['fenced', fenced('diff', DIFF)],
    ['with words around', `Please review\n\n${DIFF}`],
  ])('judges only the added lines of a diff, by the new file: %s', async (_, message) => {
    const { content, metadata } = await ask(handler, message);
    expect(metadata.findings).toEqual([
      { id: 'code-evaluation', severity: 'high', line: 12, file: 'src/pay.py' },
      { id: 'todo-left', severity: 'info', line: 15, file: 'src/pay.py' },
      { id: 'unsafe-deserialization', severity: 'high', line: 42, file: 'src/pay.py' },
      { id: 'html-injection', severity: 'medium', line: 3, file: 'web/page.ts' },
    ]);
    expect(content).toContain('### `src/pay.py`');
    expect(content).toContain('No finding is no approval');
  });

  it('names file and line of an attachment', async () => {
    const { content } = await ask(handler, 'ok?', { attachments: [{ name: 'a/b.js', content: 'go();\neval(x);\n' }] });
    expect(content).toMatch(/### `a\/b.js`[\s\S]*`code-evaluation`, line 2:/);
  });

  it('asks for code when there is none', async () => {
    expect(await ask(handler, 'Is my code good?')).toMatchObject({ status: 'needs_input' });
  });
});
