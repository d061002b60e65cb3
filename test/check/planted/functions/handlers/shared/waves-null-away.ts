// caught by lint/style/noNonNullAssertion: Forbidden non-null assertion
export const first = (list: readonly string[]): string => list[0]!;
