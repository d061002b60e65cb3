export interface Reaper {
  /** Has this process's group killed if the present process ends, however it does. */
  watch(pid: number): void;
  /** Call it as soon as the process is known to be gone: its pid may come again. */
  forget(pid: number): void;
  /** Ends the reaper, and with it whatever it still watches. */
  close(): Promise<void>;
}
/** Starts the process that outlives this one just long enough to end its children. */
export declare const startReaper: () => Reaper;
