import { Module } from '@nestjs/common';
import { UsersModule } from '../users/users.module.js';
import { LockoutsService } from './lockouts.service.js';

@Module({ imports: [UsersModule], providers: [LockoutsService], exports: [LockoutsService] })
export class LockoutsModule {}
