import { refuseSharedPort } from './shared-port.js';

describe('refuseSharedPort', () => {
  it('names the two that are the same', () => {
    expect(() => refuseSharedPort({ FAPI_PORT: 4000, TLS_PORT: undefined, BAPI_PORT: 4000 })).toThrow(
      'FAPI_PORT and BAPI_PORT are both 4000: each needs a port of its own.',
    );
  });

  it('lets free ports be found for any number of them', () => {
    expect(() => refuseSharedPort({ FAPI_PORT: 0, BAPI_PORT: 0, OPS_PORT: 4191 })).not.toThrow();
  });
});
