/**
 * Runs a function's bundle on the Lambda Runtime API, as Lambda's Node.js runtime does. Plain JavaScript without
 * dependencies: it is on the path of every cold start. Arguments: the first clock offset in ms.
 * Not emulated: freezing between events, and the prefix that Lambda puts before what `console` prints.
 */
import { Agent, request as httpRequest } from 'node:http';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HTTP_RESPONSE = 'application/vnd.awslambda.http-integration-response';
const [host, ...path] = process.env.AWS_LAMBDA_RUNTIME_API.split('/');
const [hostname, port] = host.split(':');
const base = `/${path.join('/')}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true });
const clock = { offsetMs: Number(process.argv[2] ?? 0) };
let current;

async function serve(handler) {
  for (;;) {
    const event = await nextEvent();
    current = event;
    if (handler[STREAMING]) await runStreaming(handler, event);
    else await runBuffered(handler, event);
    current = undefined;
  }
}

async function runBuffered(handler, { id, body, context }) {
  let reply;
  try {
    const result = await handler(JSON.parse(body), context);
    reply = JSON.stringify(result === undefined ? null : result);
  } catch (error) {
    await postError(`/invocation/${id}/error`, describe(error));
    return;
  }
  const { status, text } = await post(`/invocation/${id}/response`, reply, { 'content-type': 'application/json' });
  if (status === 413) await postError(`/invocation/${id}/error`, JSON.parse(text));
}

async function runStreaming(handler, { id, body, context }) {
  const stream = new ResponseStream(id);
  try {
    await handler(JSON.parse(body), stream, context);
    if (!stream.writableEnded) throw new Error('The handler returned before it ended its response stream');
    await stream.sent;
  } catch (error) {
    await stream.fail(describe(error));
  }
}

/** The response stream of a streaming handler: opens the reply with the first byte, and holds back when it is slow. */
class ResponseStream extends Writable {
  #id;
  #contentType = 'application/octet-stream';
  #prelude;
  #request;
  #reply;

  constructor(id) {
    super();
    this.#id = id;
    // The handler learns of it from its own write; this keeps it from ending the process.
    this.on('error', () => undefined);
  }

  /** Resolves when the host has the whole reply. */
  get sent() {
    return this.#reply;
  }

  setContentType(contentType) {
    this.#contentType = contentType;
  }

  setPrelude(prelude) {
    this.setContentType(HTTP_RESPONSE);
    this.#prelude = `${JSON.stringify(prelude)}${'\0'.repeat(8)}`;
  }

  #open() {
    if (this.#request) return this.#request;
    const call = open('POST', `/invocation/${this.#id}/response`, {
      'content-type': this.#contentType,
      'lambda-runtime-function-response-mode': 'streaming',
      'transfer-encoding': 'chunked',
      trailer: 'Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body',
    });
    this.#request = call.request;
    this.#reply = call.reply;
    if (this.#prelude) this.#request.write(this.#prelude);
    return this.#request;
  }

  _write(chunk, _encoding, done) {
    this.#open().write(chunk, done);
  }

  _final(done) {
    this.#open().end(done);
  }

  /** Ends the reply with the error: in its trailers if it has begun. */
  async fail(error) {
    if (this.writableFinished) return;
    this.destroy();
    if (!this.#request) {
      await postError(`/invocation/${this.#id}/error`, error);
      return;
    }
    this.#request.addTrailers({
      'Lambda-Runtime-Function-Error-Type': error.errorType,
      'Lambda-Runtime-Function-Error-Body': Buffer.from(JSON.stringify(error)).toString('base64'),
    });
    this.#request.end();
    await this.#reply;
  }
}

async function nextEvent() {
  const { headers, text } = await open('GET', '/invocation/next').reply;
  clock.offsetMs = Number(headers['lambda-runtime-clock-offset-ms'] ?? 0);
  const id = headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  return { id, body: text, context: contextOf(id, headers) };
}

function contextOf(id, headers) {
  const deadlineMs = Number(headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: undefined,
    identity: undefined,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

async function loadHandler() {
  try {
    const [, file, name] = /^(.*)\.([^.]+)$/.exec(process.env._HANDLER) ?? [];
    if (!file) throw named('Runtime.MalformedHandlerName', `Bad handler ${process.env._HANDLER}`);
    const module = await importFirst(
      ['.mjs', '.js', '.cjs'].map((suffix) => `${process.env.LAMBDA_TASK_ROOT}/${file}${suffix}`),
    );
    const handler = module[name] ?? module.default?.[name];
    if (typeof handler !== 'function')
      throw named('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
    return handler;
  } catch (error) {
    await postError('/init/error', describe(error));
    process.exit(1);
  }
}

async function importFirst(files) {
  for (const file of files) {
    const url = pathToFileURL(file).href;
    try {
      return await import(url);
    } catch (error) {
      // Only this very file may be missing; a missing import inside it is an error of the function.
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== url) throw error;
    }
  }
  throw named('Runtime.ImportModuleError', `Cannot find module '${process.env._HANDLER}'`);
}

function dieOf(error, errorType) {
  const described = { ...describe(error), errorType };
  process.stderr.write(`${JSON.stringify(described)}\n`);
  const to = current ? `/invocation/${current.id}/error` : '/init/error';
  postError(to, described).finally(() => process.exit(129));
}

function describe(error) {
  if (error instanceof Error)
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}

const postError = (to, error) =>
  post(to, JSON.stringify(error), { 'lambda-runtime-function-error-type': error.errorType });

async function post(to, body, headers) {
  const call = open('POST', to, { ...headers, 'content-length': Buffer.byteLength(body) });
  call.request.end(body);
  return call.reply;
}

/** Starts a call of the Runtime API. Without the host an instance has nothing to live for: it ends. */
function open(method, to, headers = {}) {
  const request = httpRequest({ method, agent, hostname, port, path: base + to, headers });
  const reply = new Promise((resolve) => {
    request.on('error', () => process.exit(1));
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => process.exit(1));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
    });
  });
  if (method === 'GET') request.end();
  return { request, reply };
}

/** `Date` follows the cloud's clock; timers and `performance.now()` keep real time. */
function patchDate() {
  const RealDate = Date;
  const realNow = RealDate.now;
  RealDate.now = () => realNow() + clock.offsetMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length > 0 ? args : [target.now()], newTarget),
    apply: (target) => new target(target.now()).toString(),
  });
  RealDate.prototype.constructor = globalThis.Date;
}

function defineGlobals() {
  globalThis.awslambda = {
    streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: 'response' }),
    HttpResponseStream: {
      from: (stream, prelude) => {
        stream.setPrelude(prelude);
        return stream;
      },
    },
  };
}

patchDate();
defineGlobals();
process.on('uncaughtException', (error) => dieOf(error, error?.name ?? 'Error'));
process.on('unhandledRejection', (reason) => dieOf(reason, 'Runtime.UnhandledPromiseRejection'));
await serve(await loadHandler());
