import type { MessageView } from './message-view.ts';
import { DEFAULT_TASKS, TASK_RULES } from './task-type-rules.ts';

/** What a message that no role may take is. */
export type IdleTask = 'small_talk' | 'off_topic';

const NO_RULES = { choose: 'first', rules: [] } as const;

const LONGEST_SMALL_TALK = 160;

/** Greetings, thanks, moods: a message that ends or opens a conversation rather than asking for something. */
const SMALL_TALK =
  /^\W*$|\b(hi|hello|hey|yo|thanks?|thank you|thx|ty|cheers|bye|goodbye|see you|good (morning|evening|night|afternoon|job)|lovely (evening|day|weekend)|how are you|what'?s up|lol|haha\w*|great|nice|perfect|awesome|amazing|marvell?ous|wonderful|brilliant|love (it|you|me|this)|well done|brb|afk|never ?mind|no problem|all (fine|good|set)|works( now)?|got it|will do|you rock|happy|congrat\w*|merry|weekend|danke\w*|gracias|merci|grazie|obrigad\w*|dank je|dzięk\w*|děkuji|tack|tak|kiitos|köszönöm|teşekkür\w*|terima kasih|cảm ơn|shukriya|dhanyavaad|hvala|hallo|hola|bonjour|ciao|olá|hei)\b|спасибо|привет|дякую|谢谢|多谢|ありがとう|お疲れ|감사|고마워|شكر|धन्यवाद|ขอบคุณ|תודה|ευχαριστώ/u;

const ASKS = /\?|？|\b(what|how|which|when|where|who|recommend|write|tell me|give me|should i|can you|help me)\b/;

const idleTaskOf = ({ text, previousRole }: MessageView): IdleTask => {
  if (text.length > LONGEST_SMALL_TALK) return 'off_topic';
  const isTalk = SMALL_TALK.test(text);
  return (isTalk && !ASKS.test(text)) || (previousRole !== undefined && (isTalk || !ASKS.test(text)))
    ? 'small_talk'
    : 'off_topic';
};

/**
 * What is to be done, given who does it: a capability of the role (functions/domain/contract/roles.json), for `none`
 * `small_talk` or `off_topic`, for a role that a team added `unknown`. Linear in the view.
 */
export const taskTypeOf = (role: string, view: MessageView): string => {
  if (role === 'none') return idleTaskOf(view);
  const text = `${view.text}\n${view.extensions.map((extension) => `file.${extension}`).join(' ')}`;
  const { rules, choose } = TASK_RULES[role] ?? NO_RULES;
  const found = rules.map(({ task, pattern }) => ({ task, at: text.search(pattern) })).filter(({ at }) => at !== -1);
  if (choose === 'earliest') found.sort((left, right) => left.at - right.at);
  return found[0]?.task ?? DEFAULT_TASKS[role] ?? 'unknown';
};
