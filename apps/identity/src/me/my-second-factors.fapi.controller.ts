import { Body, Delete, Post } from '@nestjs/common';
import type { BackupCodeJSON, DeletedObjectJSON, TOTPJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { VerifyMyTotp } from './me.schemas.js';
import { MySecondFactorsService } from './my-second-factors.service.js';

@FapiController('/v1/me')
export class MySecondFactorsFapiController {
  constructor(private readonly factors: MySecondFactorsService) {}

  @Post('/totp')
  @Operation('postTOTP')
  createTotp(@Ctx() ctx: RequestContext): Promise<TOTPJSON> {
    return this.factors.createTotp(ctx);
  }

  @Post('/totp/attempt_verification')
  @Operation('verifyTOTP')
  verifyTotp(@Ctx() ctx: RequestContext, @Body({ schema: VerifyMyTotp }) body: VerifyMyTotp): Promise<TOTPJSON> {
    return this.factors.verifyTotp(ctx, body.code);
  }

  @Delete('/totp')
  @Operation('deleteTOTP')
  async deleteTotp(@Ctx() ctx: RequestContext): Promise<DeletedObjectJSON> {
    return { object: 'totp', id: await this.factors.deleteTotp(ctx), deleted: true };
  }

  @Post('/backup_codes')
  @Operation('createBackupCodes')
  createBackupCodes(@Ctx() ctx: RequestContext): Promise<BackupCodeJSON> {
    return this.factors.createBackupCodes(ctx);
  }
}
