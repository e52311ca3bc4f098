/** The product's own permissions, with their names. They are fixed, may be given to any role, and never go into tokens. */
export const systemPermissions = {
  'org:sys_profile:manage': 'Manage organization',
  'org:sys_profile:delete': 'Delete organization',
  'org:sys_memberships:read': 'Read members',
  'org:sys_memberships:manage': 'Manage members',
  'org:sys_domains:read': 'Read domains',
  'org:sys_domains:manage': 'Manage domains',
  'org:sys_billing:read': 'Read billing',
  'org:sys_billing:manage': 'Manage billing',
  'org:sys_api_keys:read': 'Read API keys',
  'org:sys_api_keys:manage': 'Manage API keys',
  'org:sys_entconns:manage': 'Manage enterprise connections',
} as const;

/** The key of one of the product's own permissions. */
export type SystemPermission = keyof typeof systemPermissions;

export const ALL_SYSTEM_PERMISSIONS = Object.keys(systemPermissions) as SystemPermission[];

/** Without these a role cannot be that of an organization's creator. */
export const CREATOR_PERMISSIONS: SystemPermission[] = [
  'org:sys_memberships:manage',
  'org:sys_memberships:read',
  'org:sys_profile:delete',
];

/** At least one member must be able to do this. */
export const MINIMUM_PERMISSION: SystemPermission = 'org:sys_memberships:manage';

/** The roles that every instance begins with. */
export const defaultRoles: { key: string; name: string; description: string; permissions: SystemPermission[] }[] = [
  {
    key: 'org:admin',
    name: 'Admin',
    description: 'May do everything in the organization',
    permissions: ALL_SYSTEM_PERMISSIONS,
  },
  {
    key: 'org:member',
    name: 'Member',
    description: 'Sees the members and the billing of the organization',
    permissions: ['org:sys_memberships:read', 'org:sys_billing:read'],
  },
];

/** The role set that every instance begins with. */
export const defaultRoleSet = { key: 'role_set:default', name: 'Default', description: 'The first role set' };

/** Names of roles before they had a prefix; older servers still send them. */
export const oldRoleKeys: ReadonlyMap<string, string> = new Map([
  ['admin', 'org:admin'],
  ['basic_member', 'org:member'],
]);
