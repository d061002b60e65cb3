/** One parameter of a function as it is declared. */
export interface Parameter {
  /** As the documentation names it: without `*`, `...`, type or default; `options` for a destructured object. */
  readonly name: string;
  readonly type?: string;
  readonly default?: string;
  readonly optional: boolean;
  readonly rest: '' | '*' | '**' | '...';
  /** Names that a destructured parameter takes apart. */
  readonly fields?: readonly string[];
}

/** A function or type that a piece of code declares. */
export interface Declaration {
  readonly kind: 'function' | 'method' | 'class' | 'interface' | 'type' | 'enum';
  readonly name: string;
  /** Class or receiver type that a method belongs to. */
  readonly owner?: string;
  /** 1-based line of its first word. */
  readonly line: number;
  /** Positions in the text: of its first word, behind its name, its signature and its body (if it has one). */
  readonly start: number;
  readonly nameEnd: number;
  readonly signatureEnd: number;
  readonly end: number;
  readonly parameters: readonly Parameter[];
  /** As declared; undefined if not declared. */
  readonly returns?: string;
  readonly exported: boolean;
  readonly async: boolean;
}

export interface Import {
  /** Module, package or class as written. */
  readonly module: string;
  readonly line: number;
}

export interface Outline {
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
}
