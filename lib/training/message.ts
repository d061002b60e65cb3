import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { LABELS } from '../../functions/domain/routing/encoder/router-input.ts';
import type { Subject } from '../../functions/domain/routing/intent/intent-reading.ts';

/** A labelled message: one line of the files in data/. */
export const LabelledMessage = z.object({
  id: z.string(),
  text: z.string(),
  files: z.array(z.string()).default([]),
  history: z
    .array(z.object({ role: z.enum(['user', 'assistant']), agent_type: z.string().optional(), content: z.string() }))
    .default([]),
  /** The role that should answer, or `none`. */
  label: z.enum(LABELS),
  /** Other roles that a reasonable person would accept. */
  also_ok: z.array(z.enum(LABELS)).default([]),
  /** The ordered roles, where the message plainly asks for several. */
  steps: z.array(z.enum(LABELS)).nullable().default(null),
  tags: z.array(z.string()).default([]),
});
export type LabelledMessage = z.output<typeof LabelledMessage>;

/** Reads a JSON Lines file. @throws Error naming file and line */
export const readMessages = (path: string): readonly LabelledMessage[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      try {
        return [LabelledMessage.parse(JSON.parse(line))];
      } catch (error) {
        throw new Error(`${path}, line ${index + 1}: ${error instanceof Error ? error.message : error}`);
      }
    });

/** The message as routing sees it. */
export const subjectOf = ({ text, files, history }: LabelledMessage): Subject => ({
  message: text,
  attachments: files.map((name) => ({ name, content: '' })),
  previousRole: history.findLast(({ agent_type }) => agent_type !== undefined)?.agent_type,
});
