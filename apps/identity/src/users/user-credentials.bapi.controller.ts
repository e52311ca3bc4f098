import { Body, Delete, Param, Post } from '@nestjs/common';
import type { UserJSON } from '@clerk/backend';
import type { RequestContext } from '@latchkey/contracts';
import { BapiController, Ctx, Operation } from '@latchkey/http';
import { UserCredentialsService } from './user-credentials.service.js';
import { RemoveUserPassword, SetPasswordCompromised, VerifyPassword, VerifyTotp } from './users.schemas.js';
import { toUserJSON, type FullUser } from './users.serializer.js';
import { UsersService } from './users.service.js';

@BapiController('/v1/users/:user_id')
export class UserCredentialsBapiController {
  constructor(
    private readonly users: UsersService,
    private readonly credentials: UserCredentialsService,
  ) {}

  @Post('/verify_password')
  @Operation('VerifyPassword')
  async verifyPassword(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: VerifyPassword }) body: VerifyPassword,
  ) {
    await this.credentials.verifyPassword(ctx, id, body.password);
    return { verified: true };
  }

  @Post('/verify_totp')
  @Operation('VerifyTOTP')
  async verifyTotp(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: VerifyTotp }) body: VerifyTotp,
  ) {
    return { verified: true, code_type: await this.credentials.verifyTotp(ctx, id, body.code) };
  }

  @Post('/remove_password')
  @Operation('RemoveUserPassword')
  async removePassword(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: RemoveUserPassword }) body: RemoveUserPassword,
  ): Promise<UserJSON> {
    return this.toJSON(ctx, await this.credentials.removePassword(ctx, id, body.sign_out_of_other_sessions === true));
  }

  @Post('/password/set_compromised')
  @Operation('SetUserPasswordCompromised')
  async setCompromised(
    @Ctx() ctx: RequestContext,
    @Param('user_id') id: string,
    @Body({ schema: SetPasswordCompromised }) body: SetPasswordCompromised,
  ): Promise<UserJSON> {
    return this.toJSON(ctx, await this.credentials.setPasswordCompromised(ctx, id, body.revoke_all_sessions === true));
  }

  @Post('/password/unset_compromised')
  @Operation('UnsetUserPasswordCompromised')
  async unsetCompromised(@Ctx() ctx: RequestContext, @Param('user_id') id: string): Promise<UserJSON> {
    return this.toJSON(ctx, await this.credentials.unsetPasswordCompromised(ctx, id));
  }

  @Delete('/mfa')
  @Operation('DisableMFA')
  async disableMfa(@Ctx() ctx: RequestContext, @Param('user_id') id: string) {
    return { user_id: (await this.credentials.disableMfa(ctx, id)).id };
  }

  @Delete('/totp')
  @Operation('DeleteTOTP')
  async deleteTotp(@Ctx() ctx: RequestContext, @Param('user_id') id: string) {
    return { user_id: (await this.credentials.deleteTotp(ctx, id)).id };
  }

  @Delete('/backup_code')
  @Operation('DeleteBackupCode')
  async deleteBackupCodes(@Ctx() ctx: RequestContext, @Param('user_id') id: string) {
    return { user_id: (await this.credentials.deleteBackupCodes(ctx, id)).id };
  }

  private async toJSON(ctx: RequestContext, user: FullUser): Promise<UserJSON> {
    return toUserJSON(user, await this.users.view(ctx.instanceId));
  }
}
