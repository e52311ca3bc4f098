import { Body, Post } from '@nestjs/common';
import type { UserJSON } from '@clerk/shared/types';
import type { RequestContext } from '@latchkey/contracts';
import { Ctx, FapiController, Operation } from '@latchkey/http';
import { ChangePassword, RemovePassword } from './me.schemas.js';
import { MeService } from './me.service.js';
import { MyPasswordsService } from './my-passwords.service.js';

@FapiController('/v1/me')
export class MyPasswordsFapiController {
  constructor(
    private readonly me: MeService,
    private readonly passwords: MyPasswordsService,
  ) {}

  @Post('/change_password')
  @Operation('changePassword')
  async change(@Ctx() ctx: RequestContext, @Body({ schema: ChangePassword }) body: ChangePassword): Promise<UserJSON> {
    return this.me.toJSON(ctx, await this.passwords.change(ctx, body));
  }

  @Post('/remove_password')
  @Operation('removePassword')
  async remove(@Ctx() ctx: RequestContext, @Body({ schema: RemovePassword }) body: RemovePassword): Promise<UserJSON> {
    return this.me.toJSON(ctx, await this.passwords.remove(ctx, body.current_password));
  }
}
