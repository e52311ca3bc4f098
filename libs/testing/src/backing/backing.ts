/** A real service that tests and development run against. */
export interface Backing {
  /** As clients take it: `postgresql://…`, `redis://…`, `host:port`. */
  readonly url: string;
  readonly port: number;
  /** False when an address in the environment named it: then it is not ours to end. */
  readonly isOurs: boolean;
  /** Settles when one of ours has ended, with false when nobody had asked it to. */
  readonly ended: Promise<boolean>;
  /** Ends it in good order; does nothing to one that is not ours. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** How a service of tests and development is started. */
export interface BackingOptions {
  /** Keep the data here, for another start. Without it they live in a temporary folder and go with the service. */
  dataDir?: string;
  /** A fixed port, as when a service comes back after a crash. Without it: a free one. */
  port?: number;
}

/** A service at an address from the environment. */
export function external(variable: string, url: string, port: number): Backing {
  return {
    url,
    port,
    isOurs: false,
    ended: new Promise(() => {}),
    stop: async () => {},
    kill: () => Promise.reject(new Error(`${variable} names a service that is not ours to kill; unset it to run this`)),
  };
}
