import { TurnId } from '../contract/ids.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const CHANCE_CHARACTERS = 16;
const PREFIX = 'turn_';

/** Uniform in [0, 1). */
export type Chance = () => number;

const encodeTime = (ms: number): string => {
  let text = '';
  for (let rest = ms, position = 0; position < TIME_CHARACTERS; position += 1, rest = Math.floor(rest / 32))
    text = ALPHABET.charAt(rest % 32) + text;
  return text;
};

/** An id that sorts by its time: 48 bits of milliseconds since the epoch, then 80 bits of chance. */
export const mintTurnId = (nowMs: number, chance: Chance): TurnId => {
  let tail = '';
  for (let count = 0; count < CHANCE_CHARACTERS; count += 1) tail += ALPHABET.charAt(Math.floor(chance() * 32));
  return TurnId.parse(PREFIX + encodeTime(nowMs) + tail);
};

/** Milliseconds since the epoch at which the id was minted, by its minter's clock. */
export const turnTimeMs = (id: TurnId): number => {
  let ms = 0;
  for (const character of id.slice(PREFIX.length, PREFIX.length + TIME_CHARACTERS))
    ms = ms * 32 + ALPHABET.indexOf(character);
  return ms;
};

/** An id that sorts after `id`, whatever the clock says. */
export const mintTurnIdAfter = (id: TurnId, nowMs: number, chance: Chance): TurnId =>
  mintTurnId(Math.max(nowMs, turnTimeMs(id) + 1), chance);
