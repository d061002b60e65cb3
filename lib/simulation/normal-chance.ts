/** Normally distributed numbers with mean 0 and variance 1: Box and Muller's polar form takes no sine. */
export const normalFrom = (chance: () => number) => (): number => {
  for (;;) {
    const x = 2 * chance() - 1;
    const y = 2 * chance() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
};
