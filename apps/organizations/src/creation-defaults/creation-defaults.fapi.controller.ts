import { Get } from '@nestjs/common';
import { FapiController, Operation } from '@latchkey/http';

/** What the form for a new organization begins with. */
@FapiController('/v1/me/organization_creation_defaults')
export class CreationDefaultsFapiController {
  /** The naming rules are off (the environment says so), and then there is nothing to begin with. */
  @Get()
  @Operation('getOrganizationCreationDefaults')
  get(): { advisory: null; form: null } {
    return { advisory: null, form: null };
  }
}
