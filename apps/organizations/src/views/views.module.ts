import { Module } from '@nestjs/common';
import { ViewsInternalController } from './views.internal.controller.js';
import { ViewsService } from './views.service.js';

@Module({ controllers: [ViewsInternalController], providers: [ViewsService] })
export class ViewsModule {}
