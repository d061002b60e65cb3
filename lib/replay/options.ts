import { parseArgs } from 'node:util';
import { ConversationId } from '../../functions/domain/contract/ids.ts';

export const USAGE = `npm run replay -- --conversation ID | --file FILE.jsonl [options]

Says what today's routing policy, or another one, would make of decisions that were made before, and why.

  --conversation ID  the turns of a conversation of a running Switchboard; what today's model reads in them, too
  --file FILE        JSON lines, each a decision or a turn; - is standard input
  --policy FILE      the policy, as JSON (default: the one that ships)
  --was FILE         a policy that decisions were made by, if it is not the one that ships; may be given several times
  --url URL          of the API, with its stage; also SWITCHBOARD_URL (default: the local cloud of npm start)
  --token TOKEN      of the user whose conversation it is; also SWITCHBOARD_TOKEN
  --user NAME        whose conversation of the local cloud it is (alice)
  --data FOLDER      the local cloud's folder (.local)
  --changed          prints only decisions that would change, and those whose message the model reads otherwise
  --json             prints JSON lines, the last one with the summary
  --help             prints this

Exit code 0: it was replayed, whatever it comes to. 1: something can't be read. 2: wrong usage.`;

/** Arguments that make no sense; its message says which, and never quotes a token. */
export class UsageError extends Error {}

/** What to replay. */
export interface ReplayOptions {
  readonly from:
    | { readonly kind: 'file'; readonly name: string }
    | { readonly kind: 'conversation'; readonly id: ConversationId; readonly source: SourceOptions };
  /** Path of a policy. @default - the one that ships */
  readonly policy?: string | undefined;
  /** Paths of policies that decisions were made by. */
  readonly was: readonly string[];
  readonly changed: boolean;
  readonly json: boolean;
}

/** A running Switchboard: its URL and a token, or a local cloud's folder and user. */
export type SourceOptions =
  | { readonly url: string; readonly token: string }
  | { readonly dataDir: string; readonly user: string };

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        conversation: { type: 'string' },
        file: { type: 'string' },
        policy: { type: 'string' },
        was: { type: 'string', multiple: true, default: [] as string[] },
        url: { type: 'string' },
        token: { type: 'string' },
        user: { type: 'string', default: 'alice' },
        data: { type: 'string', default: '.local' },
        changed: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0], { cause: error });
  }
};

type Values = ReturnType<typeof parse>;
type Environment = Readonly<Record<string, string | undefined>>;

const sourceOf = ({ data, user, ...values }: Values, environment: Environment): SourceOptions => {
  const { SWITCHBOARD_URL, SWITCHBOARD_TOKEN } = environment;
  const url = values.url ?? SWITCHBOARD_URL;
  if (url === undefined) {
    if (values.token !== undefined) throw new UsageError('--token wants --url');
    return { dataDir: data, user };
  }
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new UsageError(`${url} is not the URL of an API`);
  const token = values.token ?? SWITCHBOARD_TOKEN;
  if (token === undefined) throw new UsageError(`whose conversation? Give --token or SWITCHBOARD_TOKEN for ${url}`);
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError('the token is not one');
  return { url, token };
};

/** Reads the command line; undefined if it asks for help. @throws UsageError */
export const readOptions = (args: readonly string[], environment: Environment): ReplayOptions | undefined => {
  const values = parse(args);
  if (values.help) return undefined;
  const { conversation, file, policy, was, changed, json } = values;
  const rest = { policy, was, changed, json };
  if (file !== undefined && conversation !== undefined) throw new UsageError('--conversation or --file, not both');
  if (file !== undefined) return { from: { kind: 'file', name: file }, ...rest };
  if (conversation === undefined) throw new UsageError('which decisions? Give --conversation or --file');
  const { data: id, error } = ConversationId.safeParse(conversation);
  if (id === undefined) throw new UsageError(`--conversation ${error?.issues[0]?.message}`);
  return { from: { kind: 'conversation', id, source: sourceOf(values, environment) }, ...rest };
};
