import { describe, expect, it, vi } from 'vitest';
import { handler } from '../../functions/agents/debugger.ts';
import { ask } from './ask.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

/** Name, trace, and what the answer must hold. */
const TRACES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'Node',
    `/srv/app/src/cart.js:41
  return cart.items.length;
              ^

TypeError: Cannot read properties of undefined (reading 'items')
    at Array.map (<anonymous>)
    at Layer.handle [as handle_request] (/srv/app/node_modules/express/lib/router/layer.js:95:5)
    at totalOf (/srv/my app/src/cart.js:41:15)
    at async checkout (file:///srv/app/src/checkout.ts:12:3)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`,
    [
      "**Exception:** `TypeError`: `Cannot read properties of undefined (reading 'items')`",
      '**First own frame:** `totalOf` in `/srv/my app/src/cart.js:41`',
      '3 frames as library code',
      'express/lib/router/layer.js:95',
    ],
  ],
  [
    'Node with a cause',
    `Error: could not load the profile
    at load (/app/src/profile.ts:9:11) {
  [cause]: RangeError [ERR_OUT_OF_RANGE]: page -1
      at node:internal/validators:1:2
      at fetchPage (/app/src/pages.ts:3:7)
}`,
    [
      '**Root cause:** `RangeError`: `page -1`',
      '**Reported as:** `Error`: `could not load the profile`',
      '`fetchPage` in `/app/src/pages.ts:3`',
    ],
  ],
  [
    'Node in a log line',
    `2026-11-01T10:00:00Z ERROR ValidationError: amount is negative
    at check (C:\\work\\src\\check.js:8:9)`,
    ['`ValidationError`: `amount is negative`', '`check` in `C:\\work\\src\\check.js:8`', 'no frame as library'],
  ],
  [
    'Python',
    `Traceback (most recent call last):
  File "/app/main.py", line 30, in <module>
    run()
  File "/app/jobs.py", line 12, in run
    requests.get(url)
    ~~~~~~~~~~~~^^^^^
  File "/usr/lib/python3.12/site-packages/requests/api.py", line 73, in get
    return request("get", url)
requests.exceptions.ConnectionError: HTTPSConnectionPool(host='x', port=443)`,
    [
      "`requests.exceptions.ConnectionError`: `HTTPSConnectionPool(host='x', port=443)`",
      '**First own frame:** `run` in `/app/jobs.py:12`',
      '1 frame as library code',
    ],
  ],
  [
    'chained Python',
    `Traceback (most recent call last):
  File "/app/conf.py", line 4, in load
    return d["port"]
KeyError: 'port'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    load()
app.errors.ConfigError: port is missing`,
    [
      "**Root cause:** `KeyError`: `'port'`",
      '**Reported as:** `app.errors.ConfigError`: `port is missing`',
      '`load` in `/app/conf.py:4`',
    ],
  ],
  [
    'Java',
    `Exception in thread "main" java.lang.IllegalStateException: order 7
	at com.acme.OrderService.close(OrderService.java:88)
	at java.base/java.lang.Thread.run(Thread.java:1583)
Caused by: java.lang.NullPointerException
	at java.base/java.util.Objects.requireNonNull(Objects.java:233)
	at org.springframework.util.Assert.notNull(Assert.java:201)
	at com.acme.repo.Orders$Cache.lambda$find$0(Orders.java:17)
	... 12 more`,
    [
      '**Root cause:** `java.lang.NullPointerException` without a message',
      '**First own frame:** `com.acme.repo.Orders$Cache.lambda$find$0` in `Orders.java:17`',
      '3 frames as library code',
    ],
  ],
  [
    'Go',
    `panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
runtime.gopanic({0x1, 0x2})
	/usr/local/go/src/runtime/panic.go:884 +0x1
main.(*Server).pick(0xc000010000, {0x1, 0x2})
	/app/server.go:12 +0x1d
main.main()
	/app/main.go:5 +0x20
exit status 2`,
    [
      '`panic`: `runtime error: index out of range [5] with length 3`',
      '`main.(*Server).pick` in `/app/server.go:12`',
      '1 frame as library code',
    ],
  ],
  [
    '.NET',
    `Unhandled exception. System.InvalidOperationException: cannot close
 ---> System.NullReferenceException: Object reference not set to an instance of an object.
   at System.Linq.Enumerable.First[TSource](IEnumerable\`1 source)
   at Shop.Orders.Find(String id) in C:\\src\\Shop\\Orders.cs:line 42
   --- End of inner exception stack trace ---
   at Shop.Program.Main(String[] args) in C:\\src\\Shop\\Program.cs:line 3`,
    [
      '**Root cause:** `System.NullReferenceException`',
      '**Reported as:** `System.InvalidOperationException`: `cannot close`',
      '`Shop.Orders.Find(String id)` in `C:\\src\\Shop\\Orders.cs:42`',
    ],
  ],
  [
    'Ruby',
    `app/models/user.rb:10:in \`full_name': undefined method \`upcase' for nil:NilClass (NoMethodError)
	from /usr/lib/ruby/gems/3.3.0/gems/rack-3.0/lib/rack.rb:3:in \`block in call'
	from bin/rails:4:in \`<main>'`,
    [
      "`NoMethodError`: ``undefined method `upcase' for nil:NilClass``",
      '`full_name` in `app/models/user.rb:10`',
      '1 frame as library code',
    ],
  ],
  [
    'Rails',
    `NoMethodError (undefined method 'total' for nil):

/usr/local/bundle/gems/actionpack-7.1/lib/metal.rb:1:in 'dispatch'
app/controllers/carts_controller.rb:5:in 'CartsController#show'`,
    [
      "`NoMethodError`: `undefined method 'total' for nil`",
      '`CartsController#show` in `app/controllers/carts_controller.rb:5`',
    ],
  ],
  [
    'two in a log',
    `12:00 ERROR TypeError: first
    at one (/app/a.js:1:2)
12:01 ERROR RangeError: second
    at two (/app/b.js:3:4)`,
    ['**Exception:** `TypeError`: `first`', '`one` in `/app/a.js:1`', 'holds more than one trace'],
  ],
  [
    'two tracebacks in a log',
    `Traceback (most recent call last):
  File "/app/a.py", line 1, in one
KeyError: 1
retrying
Traceback (most recent call last):
  File "/app/b.py", line 2, in two
ValueError: 2`,
    ['**Exception:** `KeyError`: `1`', '`one` in `/app/a.py:1`', 'holds more than one trace'],
  ],
  [
    'Java with something suppressed',
    `java.io.IOException: read
	at com.acme.A.read(A.java:1)
	Suppressed: java.io.IOException: close
		at com.acme.B.close(B.java:2)`,
    ['**Exception:** `java.io.IOException`: `read`', '`com.acme.A.read` in `A.java:1`', '1 frame)'],
  ],
  [
    'library only',
    `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)`,
    ['**First own frame:** none: every frame of this trace is library code'],
  ],
];

describe('the debugger', () => {
  it.each(TRACES)('reads a trace: %s', async (_, trace, expected) => {
    for (const message of [`It crashes, why?\n\n\`\`\`\n${trace}\n\`\`\``, trace, `It crashes:\n${trace}\n`]) {
      const { content, status, metadata } = await ask(handler, message);
      for (const part of expected) expect(content).toContain(part);
      expect(status).toBe('completed');
      expect(metadata).toMatchObject({ engine: 'offline', limits: expect.arrayContaining(['a fix']) });
      expect(content).toContain('without a language model');
    }
  });

  it('reads an attached log', async () => {
    const { content } = await ask(handler, 'see the log', {
      attachments: [{ name: 'app.log', content: `started\n${TRACES[0]?.[1]}` }],
    });
    expect(content).toContain('`TypeError`');
  });

  it('takes the trace of an earlier message and says so', async () => {
    const history = [
      { role: 'user', content: `why?\n${TRACES[0]?.[1]}` },
      { role: 'assistant', content: 'no idea' },
    ] as const;
    const { content, metadata } = await ask(handler, 'and now?', { history });
    expect(content).toContain('`totalOf`');
    expect(content).toContain('earlier message of this conversation');
    expect(metadata.material).toBe('history');
  });

  it.each(['it does not work', 'at noon we met at the beach (nice: 3:4)', 'File a bug', 'panic: at the disco'])(
    'asks for a trace when there is none: %s',
    async (message) => {
      expect(await ask(handler, message)).toMatchObject({ status: 'needs_input', metadata: { engine: 'offline' } });
    },
  );

  it('hands over what plainly asks for another role', async () => {
    expect(await ask(handler, 'Please write a README for it')).toMatchObject({
      handoff: { agent_type: 'documentation' },
    });
  });

  it('hands over only once', async () => {
    expect(await ask(handler, 'Please write a README for it', { message_type: 'handoff' })).toMatchObject({
      status: 'needs_input',
    });
  });
});
