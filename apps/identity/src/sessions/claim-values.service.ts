import { Injectable } from '@nestjs/common';
import type { MemberClaims } from '@latchkey/clients';
import type { JsonObject } from '@latchkey/contracts';
import type { ShortcodeValues } from '../jwt-templates/shortcodes.js';
import { UserClaimsService } from '../users/user-claims.service.js';
import type { TokenSubject } from './session-claims.js';

/** What the shortcodes of a session's tokens stand for. */
@Injectable()
export class ClaimValuesService {
  constructor(private readonly users: UserClaimsService) {}

  async of(instanceId: string, subject: TokenSubject, member: MemberClaims | null): Promise<ShortcodeValues> {
    return {
      user: await this.users.get(instanceId, subject.userId),
      session: {
        id: subject.id,
        actor: (subject.actor ?? null) as JsonObject | null,
        reverification_id: subject.reverificationId,
      },
      ...(member && {
        org: { ...member.organization, role: member.role },
        org_membership: { role: member.role, permissions: member.permissions, ...member.membership },
      }),
    };
  }
}
