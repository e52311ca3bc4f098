import Bowser from 'bowser';

/** The device that a session was last used on. */
export type SessionActivity = {
  id: string;
  browser_name: string;
  browser_version: string;
  device_type: string;
  is_mobile: boolean;
  ip_address: string;
};

/** What a user agent and an address tell of a device. */
export function activityOf(id: string, userAgent: string, ipAddress: string): SessionActivity {
  const parsed = Bowser.parse(userAgent || 'unknown');
  return {
    id,
    browser_name: parsed.browser.name ?? '',
    browser_version: parsed.browser.version ?? '',
    device_type: parsed.os.name ?? '',
    is_mobile: parsed.platform.type === 'mobile' || parsed.platform.type === 'tablet',
    ip_address: ipAddress,
  };
}
