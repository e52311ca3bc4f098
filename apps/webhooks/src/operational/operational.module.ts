import { Module } from '@nestjs/common';
import { Operational } from './operational.service.js';

@Module({ providers: [Operational], exports: [Operational] })
export class OperationalModule {}
