import type { RouterInstance } from './router-instance.ts';

/** Router instances where each has many turns at the same time. */
const INSTANCES = 8;

/** Gives turns to router instances. */
export interface RouterFleet {
  /** @param chance in [0, 1): which one, where several could */
  take(chance: number): { readonly number: number; readonly instance: RouterInstance };
  /** The instance's turn is over. */
  release(number: number): void;
}

/** @param isOneTurn whether an instance has one turn at a time: there are as many as there were ever turns open */
export const makeRouterFleet = (isOneTurn: boolean, make: () => RouterInstance): RouterFleet => {
  const instances: RouterInstance[] = isOneTurn ? [] : Array.from({ length: INSTANCES }, make);
  const idle: number[] = [];
  return {
    take: (chance) => {
      const number = isOneTurn ? (idle.pop() ?? instances.length) : Math.floor(chance * instances.length);
      const instance = instances[number] ?? make();
      instances[number] = instance;
      return { number, instance };
    },
    release: (number) => {
      if (isOneTurn) idle.push(number);
    },
  };
};
