import { Module } from '@nestjs/common';
import { EmailAddressesModule } from '../email-addresses/email-addresses.module.js';
import { SignInsModule } from '../sign-ins/sign-ins.module.js';
import { SignUpsModule } from '../sign-ups/sign-ups.module.js';
import { EmailLinksModule } from './email-links.module.js';
import { FollowedLinksFapiController } from './followed-links.fapi.controller.js';
import { FollowedLinksService } from './followed-links.service.js';

@Module({
  imports: [EmailLinksModule, EmailAddressesModule, SignInsModule, SignUpsModule],
  controllers: [FollowedLinksFapiController],
  providers: [FollowedLinksService],
})
export class FollowedLinksModule {}
