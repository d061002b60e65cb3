import * as z from 'zod';
import { type Check, fail, notApplicable, pass, type Verdict } from '../check.ts';
import { parseAnswer, parseJson, quote, readAnswer, replyProblem } from '../read-answer.ts';
import { readStream, type StreamEvent } from '../read-stream.ts';
import type { Subject } from '../subject.ts';

const Delta = z.object({ text: z.string() });
const ADVICE = 'Send event: delta with data {"text": "…"} any number of times, then event: done with the whole answer.';

const wrong = (reason: string): Verdict => fail(`its stream is wrong: ${reason}`, ADVICE);

/** Judges a stream by its events. */
export const streamVerdict = (events: readonly StreamEvent[]): Verdict => {
  const names = [...new Set(events.map(({ event }) => event))].join(', ') || 'none';
  const last = events.findIndex(({ event }) => event === 'done');
  if (last < 0) return wrong(`it ends without a done event (events: ${names})`);
  const behind = events.slice(last + 1).find(({ event }) => event === 'delta' || event === 'done');
  if (behind !== undefined) return wrong(`a ${behind.event} event follows the done event`);
  const texts: string[] = [];
  for (const { event, data } of events.slice(0, last)) {
    if (event !== 'delta') continue;
    const delta = Delta.safeParse(parseJson(data)?.value);
    if (!delta.success) return wrong(`a delta's data is not {"text": "…"}: ${quote(data)}`);
    texts.push(delta.data.text);
  }
  const done = parseAnswer(events[last]?.data ?? '');
  if ('wrong' in done) return wrong(`the data of done is not an answer (${done.wrong})`);
  const { content } = done.answer;
  return texts.join('') === content
    ? pass(`${texts.length} deltas`)
    : wrong(
        `the deltas together (${texts.join('').length} characters; events: ${names}) are not the content of done (${content.length})`,
      );
};

const streams = async (subject: Subject): Promise<Verdict> => {
  if (subject.endpoint.kind === 'lambda') return notApplicable('functions answer whole');
  const reply = await subject.ask({}, { accept: 'text/event-stream' });
  if (reply.kind !== 'answered') return replyProblem(reply) ?? pass();
  if (/^text\/event-stream\b/i.test(reply.contentType)) return streamVerdict(readStream(reply.body));
  const read = readAnswer(reply);
  return 'problem' in read ? read.problem : notApplicable('it does not stream and answers whole');
};

export const STREAM_CHECKS: readonly Check[] = [
  {
    id: 'stream',
    title: 'a stream that is asked for holds the answer, or the answer comes whole',
    clause: 'Streaming',
    after: ['answer'],
    run: streams,
  },
];
