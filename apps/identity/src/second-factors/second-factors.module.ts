import { Module } from '@nestjs/common';
import { SecondFactorsService } from './second-factors.service.js';

@Module({ providers: [SecondFactorsService], exports: [SecondFactorsService] })
export class SecondFactorsModule {}
