import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { announcement, keptAnnouncement } from './announcement.js';
import { readDeclaration, type DeclarationSource } from './declaration-file.js';
import { completed, defaultDeclaration, type AppliedInstance, type PublicUrls } from './declare.js';

/** A start of an installation, as far as its declaration depends on it. */
export interface Start {
  dataDir: string;
  /** What LATCHKEY_CONFIG names. */
  file: string | undefined;
  urls: PublicUrls;
  /** The installation's own, for the first instance. */
  secretKey: string;
  /** Whether the mail it sends lies at `/inbox`. */
  hasInbox: boolean;
  apply: (source: DeclarationSource) => Promise<AppliedInstance[]>;
}

/** Holds the path of the file that a start has declared. */
const noteIn = (dataDir: string) => join(dataDir, 'declared-from');

/**
 * Declares what the file holds; without one, the default application. But where an earlier start has declared a file, that application is
 * none of what its owner wants: all stays as it is, and the text says so.
 *
 * @returns the text to print; its last line begins with `ready`
 * @throws DeclarationError when something in the file is unknown, impossible, or belongs to another instance
 */
export async function declareAtStart({ dataDir, file, urls, secretKey, hasInbox, apply }: Start): Promise<string> {
  const note = noteIn(dataDir);
  if (!file && existsSync(note)) return keptAnnouncement(dataDir, readFileSync(note, 'utf8').trim(), urls);
  const source = file ? completed(readDeclaration(file), urls, secretKey) : defaultDeclaration(urls, secretKey);
  const applied = await apply(source);
  if (file) writeFileSync(note, `${resolve(file)}\n`);
  return announcement(dataDir, source, applied, urls, hasInbox);
}
