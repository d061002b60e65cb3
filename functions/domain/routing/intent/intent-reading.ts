/** What routing looks at. */
export interface Subject {
  readonly message: string;
  readonly attachments: readonly { readonly name: string; readonly content: string }[];
  /** Role of the agent that gave the conversation's last answer. */
  readonly previousRole?: string | undefined;
}

/** What a message asks for, and how sure that is. */
export interface IntentReading {
  /** Which model read it, and which version of it. */
  readonly model: string;
  /** The most probable role, or `none`: small talk, gibberish, nothing about software. */
  readonly role: string;
  /** Calibrated probability of `role`, in [0, 1]. */
  readonly confidence: number;
  /** False when nothing spoke for `role` and it is only the best guess. */
  readonly sure: boolean;
  /** Calibrated probability of each role that the model knows, and of `none`; together 1. */
  readonly probabilities: ReadonlyMap<string, number>;
  readonly taskType: string;
  /** In [0, 1]; null when whoever read it does not judge it. */
  readonly complexity: number | null;
  /** Languages and fields, lower case: from text, code fences and file types. */
  readonly domains: readonly string[];
  /** The roles that the message asks for one after the other, if it plainly asks for several. */
  readonly steps?: readonly string[] | undefined;
  /** Why, for a human. */
  readonly reasons: readonly string[];
}

/** Reads a message's intent. Pure and synchronous; never fails, whatever the text. */
export type ReadIntent = (subject: Subject) => IntentReading;
