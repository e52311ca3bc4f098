import { Global, Module } from '@nestjs/common';
import { UserProfilesConsumer } from './user-profiles.consumer.js';
import { UserProfilesService } from './user-profiles.service.js';

/** Global: whoever makes a member keeps their profile. */
@Global()
@Module({ providers: [UserProfilesService, UserProfilesConsumer], exports: [UserProfilesService] })
export class UserProfilesModule {}
