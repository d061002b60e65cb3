import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { UndeliveredQueue } from '../application/ports.ts';
import { STORED_TURN_NAMES } from '../domain/contract/ids.ts';
import { wire } from '../domain/contract/wire.ts';
import type { TurnKey } from '../domain/turn/turn.ts';

/** Body of a message on the undelivered queue: ids, never content. */
const UndeliveredMessage = wire(STORED_TURN_NAMES);

/** SQS delays a message by 15 minutes at most; a turn that comes early is sent again. */
const MAX_DELAY_SECONDS = 900;

/** JSON in ASCII: SQS refuses a message with any of U+FFFE, U+FFFF and most control characters, and ids may have them. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const makeSqsClient = (): SQSClient =>
  new SQSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });

/** The undelivered queue in SQS. */
export const makeUndeliveredQueue = (client: SQSClient, queueUrl: string): UndeliveredQueue => ({
  send: async (key, delayMs, abortSignal) => {
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: asciiJson(z.encode(UndeliveredMessage, key)),
      DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1000))),
    });
    await client.send(command, { abortSignal });
  },
});

/** Reads a message back. @throws ZodError, SyntaxError for a body that this project did not write */
export const parseUndelivered = (body: string): TurnKey => z.decode(UndeliveredMessage, JSON.parse(body));
