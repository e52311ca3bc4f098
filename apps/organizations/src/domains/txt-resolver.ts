/** Asks the domain name system what it holds about a name. */
export abstract class TxtResolver {
  /** The TXT records of a name, each whole; none when there are none or nobody answers. */
  abstract txt(name: string): Promise<string[]>;
}
