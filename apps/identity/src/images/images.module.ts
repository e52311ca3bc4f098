import { Module } from '@nestjs/common';
import { ImagesFapiController } from './images.fapi.controller.js';
import { ImagesService } from './images.service.js';

@Module({ controllers: [ImagesFapiController], providers: [ImagesService], exports: [ImagesService] })
export class ImagesModule {}
