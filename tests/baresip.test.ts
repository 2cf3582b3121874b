/** baresip is the household that calls #9, and one of the neighbours who are rung: the neighbour's key is read, both are hung up as they should. */
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { definition as sip } from '../adapters/sip/index.ts'
import type { Incident } from '../gateway/core/incident.ts'
import { startBaresip } from '../gateway/testing/baresip.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { freePorts } from '../gateway/testing/ports.ts'
import { runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const home = (id: string, name: string, phone: string) => ({
  ...{ id, kind: 'household', name, address: '杏花巷 16 号', phone, groupId: 'g1' }
})
const TOWN = {
  site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
  groups: [{ id: 'g1', name: '杏花巷第一组' }],
  subjects: [home('caller', '陈桂芳', '6650147'), home('neighbour', '赵国强', '6650148')],
  sources: [
    { id: 'sip:6650147', subjectId: 'caller', kind: 'panicPhone' },
    { id: 'sip:6650148', subjectId: 'neighbour', kind: 'panicPhone' }
  ],
  cameras: [],
  units: []
}

test('a household on baresip calls #9; its neighbour on baresip is rung and presses 1', async () => {
  const dir = tempDir('baresip')
  const [a = 0, b = 0, sound = 0, c = 0, d = 0, otherSound = 0] = await freePorts(6)
  const caller = await startBaresip({
    number: '6650147',
    dir: join(dir, 'caller'),
    ports: [a, b, sound],
    answers: 'manual'
  })
  cleanups.push(() => caller.stop())
  const neighbour = await startBaresip({
    ...{ number: '6650148', dir: join(dir, 'neighbour'), ports: [c, d, otherSound], answers: 'auto' }
  })
  cleanups.push(() => neighbour.stop())
  const trunks = [
    { name: 'neighbour', address: '127.0.0.1', port: c, maxPlaced: 4 },
    { name: 'town', address: '127.0.0.1' }
  ]
  const running = await runGateway({
    ...{ dir: tempDir('baresip-gateway'), registry: TOWN, adapters: [sip] },
    // Its exchange vouches for nobody (no P-Asserted-Identity): by default the neighbours would wait.
    config: {
      incidents: { callout: { unverifiedAfterMs: 0 } },
      adapters: { sip: { address: '127.0.0.1', port: 0, tlsPort: -1, rtpPorts: { from: 0, to: 0 }, trunks } }
    }
  })
  cleanups.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const incident = async () => ((await (await operator.get('/api/incidents')).json()) as Incident[])[0]

  caller.command('dial', `sip:%239@127.0.0.1:${running.port('adapters.sip.port')}`)
  await until('the neighbour answers', () => neighbour.events.includes('CALL_ESTABLISHED'))
  await until('the household is answered', () => caller.events.includes('CALL_ESTABLISHED'))
  const state = async () => (await incident())?.callout?.neighbours[0]?.state
  await until('it is shown', async () => (await state()) === 'answered')
  neighbour.command('sndcode', '1')
  await until('the neighbour goes', async () => (await state()) === 'going')
  // It is thanked, then hung up by us.
  await until('the neighbour is hung up', () => neighbour.events.includes('CALL_CLOSED'))
  caller.command('hangup')
  await until('the household has hung up', () => caller.events.includes('CALL_CLOSED'))
  expect(await incident()).toMatchObject({ subject: { name: '陈桂芳' }, callout: { end: 'all' } })
})
