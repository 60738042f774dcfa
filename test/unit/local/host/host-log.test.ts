import { describe, expect, it } from 'vitest';
import { createLineLog } from '../../../../local/host/host-log.ts';
import { createHostId } from '../../../../local/host/host-id.ts';
import { Settings } from '../../../../local/host/settings/settings.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';

describe('the log of the host', () => {
  it('writes readable lines from its level upwards', () => {
    const lines: string[] = [];
    const log = createLineLog({
      clock: { now: () => epochMs(0) },
      minimumLevel: 'information',
      writeLine: (line) => lines.push(line),
    });
    log.write('debug', 'Host', 'hidden');
    log.write('warning', 'Function.f.User', 'shown');
    expect(lines).toEqual(['1970-01-01T00:00:00.000Z warn  Function.f.User: shown']);
  });
});

describe('the id of the host', () => {
  it('is the configured one if that is well formed, else made from the app', () => {
    expect(createHostId(new Settings({ AzureFunctionsWebHost__hostid: 'my-host' }), 'App')).toBe(
      'my-host',
    );
    const made = createHostId(
      new Settings({ AzureFunctionsWebHost__hostid: '../x' }),
      '@Org/My_App',
    );
    expect(made).toMatch(/^org-my-app-[0-9a-f]{8}$/);
    expect(createHostId(new Settings({}), 'x'.repeat(200))).toMatch(/^[a-z0-9-]{1,32}$/);
    expect(createHostId(new Settings({}), '///')).toMatch(/^[0-9a-f]{8}$/);
  });
});
