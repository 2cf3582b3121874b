/** Orders to devices, apart from the wire: listening in only where it is switched on, and an end to every wait. */
import { expect, test } from 'vitest'
import { id, type SourceId, type UserId } from '../core/brand.ts'
import type { CommandRequest } from '../core/device-command.ts'
import type { Adapter } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { until } from '../testing/wait.ts'
import { createDeviceCommands } from './device-commands.ts'

const SOURCE = id<SourceId>('fake:box')
const leader: SessionUser = { userId: 'han', login: '10008', name: '韩梅', role: 'leader' }
const second: SessionUser = { ...leader, userId: 'lin', login: '10009' }

async function setUp(listenIn: boolean, hasCabin = false, more: Partial<Adapter> = {}) {
  const protocol = createFakeProtocol()
  const adapter = { ...protocol.definition.create({}, { site: 'linxi', assetsDir: '' }), ...more }
  const incident = sampleIncident({ state: 'acknowledged', owner: { userId: id<UserId>('lin'), name: '林晓' } })
  const steps: Step[] = []
  const clock = createFakeClock()
  const heard: SourceId[] = []
  const rooms = await createDeviceCommands({
    cabinSound: {
      offered: () => hasCabin,
      async hear(_incident, sourceId) {
        heard.push(sourceId)
        return { result: 'done' }
      }
    },
    config: { adapters: { fake: { enabled: true, settings: { listenIn } } } },
    ...{ clock, log: silentLog, parts: [{ name: 'fake', adapter }] },
    ...{ remembered: new Map(), commit: async () => ({ ok: true, feed: [] }) },
    incidents: {
      get: () => incident,
      callsOf: () => [],
      alarmsOf: () => [sampleAlarm(incident, { sourceId: SOURCE, alarmClass: 'intrusion' })],
      step: async (_id, step) => {
        steps.push(step)
        return incident
      },
      refuse: (_id, _action, _actor, code, why) => Promise.reject(new Error(`${code} ${why}`))
    },
    confirm: async ({ login }) => (login === '10009' ? second : { ...second, role: 'operator' })
  })
  const order = (request: Omit<CommandRequest, 'source'>) =>
    rooms.order(incident.id, { source: SOURCE, ...request }, leader, '127.0.0.1')
  return {
    protocol,
    clock,
    steps,
    heard,
    order,
    offered: () => rooms.targets(incident.id, leader).sources[0]?.commands,
    hasRoofSign: () => rooms.targets(incident.id, leader).sources[0]?.roofSign
  }
}

test('a roof sign is told of only where the terminal has one', async () => {
  expect((await setUp(true)).hasRoofSign()).toBeUndefined()
  const having = (has: boolean) => setUp(true, false, { hasRoofSign: sourceId => has && sourceId === SOURCE })
  expect((await having(false)).hasRoofSign()).toBeUndefined()
  expect((await having(true)).hasRoofSign()).toBe(true)
})

test('listening in is offered and given only where the protocol has it switched on', async () => {
  const listen = { command: { kind: 'listenIn', number: '110' }, confirmedBy: '10009' } as const
  const off = await setUp(false)
  expect(off.offered()).not.toContain('listenIn')
  await expect(off.order(listen)).rejects.toThrow('COMMAND_REFUSED listening in is not switched on')
  expect(off.protocol.orders).toEqual([])
  const on = await setUp(true)
  expect(on.offered()).toContain('listenIn')
  expect(await on.order(listen)).toEqual({ result: 'done' })
})

test('the sound of a cabin is asked for where it is switched on, a camera sends, and a leader who is somebody else gives his word', async () => {
  const sound = { command: { kind: 'cabinSound' }, confirmedBy: '10009', confirmedByPassword: 'x' } as const
  const off = await setUp(false, true)
  expect(off.offered()).not.toContain('cabinSound')
  await expect(off.order(sound)).rejects.toThrow('listening in is not switched on')
  const none = await setUp(true)
  expect(none.offered()).not.toContain('cabinSound')
  await expect(none.order(sound)).rejects.toThrow('no camera of this vehicle sends')
  const { offered, order, heard, steps, protocol } = await setUp(true, true)
  expect(offered()).toContain('cabinSound')
  await expect(order({ command: { kind: 'cabinSound' } })).rejects.toThrow('needs the word of a leader')
  await expect(order({ ...sound, confirmedBy: '10001' })).rejects.toThrow('the second person must be a leader')
  expect(heard).toEqual([])
  expect(await order(sound)).toEqual({ result: 'done' })
  expect([heard, protocol.orders]).toEqual([[SOURCE], []])
  expect(steps.map(step => step.kind === 'deviceCommand' && [step.data.result, step.data.secondPerson])).toEqual([
    ['asked', 'lin'],
    ['done', undefined]
  ])
})

test('an adapter that never answers ends as no answer, and the next order is taken', async () => {
  const { protocol, clock, steps, order } = await setUp(false)
  protocol.answer = () => new Promise(() => {})
  const first = order({ command: { kind: 'photo' } })
  await until('it is asked', () => protocol.orders.length === 1)
  await clock.advance(120_000)
  expect(await first).toEqual({ result: 'noAnswer' })
  expect(steps.map(step => step.kind === 'deviceCommand' && step.data.result)).toEqual(['asked', 'noAnswer'])
  protocol.answer = async () => ({ result: 'done' })
  expect(await order({ command: { kind: 'photo' } })).toEqual({ result: 'done' })
})
