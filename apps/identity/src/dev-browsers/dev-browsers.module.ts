import { Module } from '@nestjs/common';
import { DevBrowsersFapiController } from './dev-browsers.fapi.controller.js';
import { DevBrowsersInternalController } from './dev-browsers.internal.controller.js';
import { DevBrowsersService } from './dev-browsers.service.js';

@Module({
  controllers: [DevBrowsersFapiController, DevBrowsersInternalController],
  providers: [DevBrowsersService],
  exports: [DevBrowsersService],
})
export class DevBrowsersModule {}
