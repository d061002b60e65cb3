/** An obstacle that the person at the terminal can remove. Its message is one line that says what and how. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
