import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock, SecretBox } from '@latchkey/core';
import bcrypt from 'bcrypt';
import { IdentityDb, type Tx } from '../db.js';
import type { User } from '../generated/prisma/client.js';
import { totpStepOf } from './totp.js';

const CODES = 10;
const CODE_LENGTH = 8;
/** Without the characters that are taken for one another. */
const CODE_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A user as far as the codes of their second factors are concerned. */
type CodeOwner = Pick<User, 'id' | 'instanceId' | 'totpSecret' | 'totpVerifiedAt' | 'backupCodeHashes'>;

/** Codes of authenticator apps, and backup codes: each is good once, whoever races. */
@Injectable()
export class SecondFactorsService {
  constructor(
    private readonly db: IdentityDb,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** Uses a code of the user's authenticator app; false when it is wrong, was used before, or there is no app. */
  async useTotp(user: CodeOwner, code: string, db: IdentityDb | Tx = this.db): Promise<boolean> {
    const step = user.totpVerifiedAt ? this.totpStep(user, code) : undefined;
    if (step === undefined) return false;
    // One conditional UPDATE: of two who use the same code, one wins (RFC 6238 5.2).
    const used = await db.$executeRaw`
      UPDATE users SET totp_last_step = ${step}
      WHERE id = ${user.id} AND instance_id = ${user.instanceId} AND (totp_last_step IS NULL OR totp_last_step < ${step})`;
    return used === 1;
  }

  /** The time step of a code of the user's app, which need not be proved yet; undefined for a wrong one. */
  totpStep(user: Pick<User, 'totpSecret'>, code: string): number | undefined {
    return user.totpSecret ? totpStepOf(this.box.open(user.totpSecret), code, this.clock.now()) : undefined;
  }

  /** Uses up one of the user's backup codes; false when it is none of them. Imported ones are slow to compare: not inside a transaction. */
  async useBackupCode(user: CodeOwner, code: string, db: IdentityDb | Tx = this.db): Promise<boolean> {
    const hash = await this.findBackupCode(user.backupCodeHashes, code);
    return hash !== undefined && (await this.spendBackupCode(user, hash, db));
  }

  /** Uses up the backup code that `findBackupCode` has found; false when somebody else was first. */
  async spendBackupCode(
    user: Pick<User, 'id' | 'instanceId'>,
    hash: string,
    db: IdentityDb | Tx = this.db,
  ): Promise<boolean> {
    const used = await db.$executeRaw`
      UPDATE users SET backup_code_hashes = array_remove(backup_code_hashes, ${hash})
      WHERE id = ${user.id} AND instance_id = ${user.instanceId} AND ${hash} = ANY(backup_code_hashes)`;
    return used === 1;
  }

  /** New backup codes, and what is stored of them. */
  newBackupCodes(): { codes: string[]; hashes: string[] } {
    const codes = Array.from({ length: CODES }, newBackupCode);
    return { codes, hashes: this.backupCodeHashes(codes) };
  }

  /** What is stored of backup codes: of plain ones a hash, bcrypt digests as they are. */
  backupCodeHashes(codes: string[]): string[] {
    return codes.map((code) => (isBcrypt(code) ? code : this.box.mac(code)));
  }

  /** What is stored of an authenticator app's secret. */
  seal(secret: string): string {
    return this.box.seal(secret);
  }

  /**
   * Which of the stored hashes is of a code. Ours are in lower case, however somebody types them; imported ones are as they are.
   * Imported ones are slow to compare: not inside a transaction.
   */
  async findBackupCode(hashes: string[], code: string): Promise<string | undefined> {
    const asTyped = await this.findExactly(hashes, code);
    return asTyped ?? (code === code.toLowerCase() ? undefined : this.findExactly(hashes, code.toLowerCase()));
  }

  private async findExactly(hashes: string[], code: string): Promise<string | undefined> {
    const mac = this.box.mac(code);
    if (hashes.includes(mac)) return mac;
    for (const hash of hashes) if (isBcrypt(hash) && (await bcrypt.compare(code, hash))) return hash;
    return undefined;
  }
}

const isBcrypt = (text: string) => /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(text);

const newBackupCode = () =>
  Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('');
