/** Input that can't be read. Its message is one line that says what, where and why. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}
