/** An old person's one-key call through the whole gateway: sipp is the contacts, one busy, one presses 1; nobody is rung after duress. */
import { afterEach, expect, test } from 'vitest'
import { definition as sip } from '../adapters/sip/index.ts'
import { createTelephone } from '../adapters/sip/simulator.ts'
import type { IncidentDetail } from '../gateway/core/wire.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { runGateway, SMALL_TOWN } from '../gateway/testing/run-gateway.ts'
import { startRelay } from '../gateway/testing/sip-relay.ts'
import { startNeighbours } from '../gateway/testing/sipp-neighbours.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const contact = (name: string, phone: string) => ({ name, relation: '子女', phone })
/** The last digit is what each does: 3 is busy, 1 answers and presses 1. */
const CONTACTS = [contact('林晓', '6650913'), contact('林英', '6650911'), contact('林洁', '6650921')]

async function town(afterMs: number) {
  const sipp = await startNeighbours(100, 50)
  cleanups.push(sipp.stop)
  const relay = await startRelay(sipp.port)
  cleanups.push(relay.close)
  const [first, ...others] = SMALL_TOWN.subjects
  const trunks = [
    { name: 'contacts', address: '127.0.0.1', port: relay.port, maxPlaced: 20 },
    { name: 'town', address: '127.0.0.1' }
  ]
  const line = {
    address: '127.0.0.1',
    port: 0,
    tlsPort: -1,
    hearPort: 0,
    ringMs: 100,
    rtpPorts: { from: 0, to: 0 },
    trunks
  }
  const running = await runGateway({
    ...{ dir: tempDir('contacts'), adapters: [sip] },
    registry: { ...SMALL_TOWN, subjects: [{ ...first, contacts: CONTACTS }, ...others] },
    config: { adapters: { sip: line }, incidents: { contacts: { afterMs, ringMs: 5_000, againAfterMs: 2_000 } } }
  })
  cleanups.push(() => running.stop())
  const operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  const server = { address: '127.0.0.1', port: running.port('adapters.sip.port') }
  const telephone = await createTelephone({ server, number: '6650147', asserted: true })
  cleanups.push(() => telephone.close())
  const story = async () => {
    const [incident] = [...running.gateway.incidents.all()]
    const detail = (await (await operator.get(`/api/incidents/${incident?.id}`)).json()) as IncidentDetail
    return detail.timeline
  }
  return { running, relay, telephone, story }
}

test('the first is busy, the second has heard, the third is not rung; the story tells it', async () => {
  const { relay, telephone, story } = await town(500)
  await telephone.press({ dial: '12349', hangUpAfterMs: 500 })
  await until('the end', async () => (await story()).some(line => line.kind === 'contactsEnded'))
  const lines = (await story()).filter(line => line.kind.startsWith('contact'))
  expect(lines.map(({ kind, data }) => [kind, data.name ?? data.count ?? data.contactsEnd, data.contact])).toEqual([
    ['contactsStarted', 3, undefined],
    ['contactTold', '林晓', 'busy'],
    ['contactTold', '林英', 'heard'],
    ['contactsEnded', 'heard', undefined]
  ])
  expect([...relay.calls.keys()].sort()).toEqual(['6650911', '6650913'])
})

test('after the key of duress nobody is rung', async () => {
  const { running, relay, telephone } = await town(3_000)
  const { ended } = await telephone.press({ dial: '12349', digits: '9', hangUpAfterMs: 5_000 })
  await until('duress', () => [...running.gateway.incidents.all()].some(incident => incident.duress))
  await ended
  expect([...running.gateway.incidents.all()].map(incident => incident.contactRound?.end)).not.toContain('heard')
  expect([...relay.calls.keys()]).toEqual([])
})
