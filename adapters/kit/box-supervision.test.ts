/** Who has fallen silent, by a clock that only the test moves: one trouble a box, one for a whole address, none twice over a restart. */
import { expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { createSupervision, type Supervision } from './box-supervision.ts'
import { createTroubles } from './troubles.ts'

const SILENT_MS = 150_000
const BOXES = {
  ...{ protocol: 'dc09', transport: 'tcp', silentMs: SILENT_MS },
  allSilent: (count: number) => ({ zh: `${count} 台`, en: `${count} boxes` })
}

function setup() {
  const clock = createFakeClock()
  const fake = createFakeHost({ clock })
  const start = () => createSupervision(fake.host, createTroubles(fake.host, 'alarmBox'), BOXES)
  const told = () => fake.signals.map(({ sourceId, qualifier, cause }) => `${sourceId} ${qualifier} ${cause}`)
  return { clock, fake, start, told }
}

const from = (address: string) => ({ address, origin: `tcp ${address}:1` })

/** Link tests of some boxes, once a minute for so many minutes. */
async function live(
  room: Supervision,
  clock: ReturnType<typeof createFakeClock>,
  minutes: number,
  boxes: Record<string, string>
) {
  for (let n = 0; n < minutes; n++) {
    for (const [native, address] of Object.entries(boxes)) room.heard(native, from(address), true)
    await clock.advance(60_000)
  }
}

it('a box that stops testing is one trouble after 150 s, and a restore when it is heard again', async () => {
  const { clock, start, told } = setup()
  const room = start()
  await live(room, clock, 5, { A: '10.0.0.1', B: '10.0.0.2' })
  expect(told()).toEqual([])
  await live(room, clock, 3, { B: '10.0.0.2' })
  expect(told()).toEqual(['dc09:A new offline'])
  await live(room, clock, 10, { B: '10.0.0.2' })
  expect(told()).toHaveLength(1)
  room.heard('A', from('10.0.0.1'), false)
  await clock.advance(1)
  expect(told()).toEqual(['dc09:A new offline', 'dc09:A restore offline'])
})

it.each([-3_600_000, 3_600_000])(
  'a clock that is set by %i ms misses nobody who is there, and who falls silent after 150 s all the same',
  async byMs => {
    const { clock, start, told } = setup()
    const room = start()
    await live(room, clock, 2, { A: '10.0.0.1', B: '10.0.0.2' })
    clock.set(byMs)
    await clock.advance(30_000)
    expect(told()).toEqual([])
    await live(room, clock, 4, { B: '10.0.0.2' })
    expect(told()).toEqual(['dc09:A new offline'])
  }
)

it('a box that never sent a link test is not expected to', async () => {
  const { clock, start, told } = setup()
  start().heard('A', from('10.0.0.1'), false)
  await clock.advance(1_000_000)
  expect(told()).toEqual([])
})

it('a silent address is one trouble for all behind it; who stays silent when it speaks again is one of its own', async () => {
  const { clock, fake, start, told } = setup()
  const room = start()
  const village = { A: '10.0.0.1', B: '10.0.0.1', C: '10.0.0.1' }
  await live(room, clock, 2, village)
  room.heard('A', from('10.0.0.1'), true)
  await clock.advance(20_000)
  room.heard('B', from('10.0.0.1'), true)
  room.heard('C', from('10.0.0.1'), true)
  await clock.advance(400_000)
  expect(told()).toEqual(['dc09:gateway@10.0.0.1 new offline'])
  await live(room, clock, 4, { A: '10.0.0.1', B: '10.0.0.1' })
  expect(told().slice(1)).toEqual(['dc09:gateway@10.0.0.1 restore offline', 'dc09:C new offline'])
  // The end says that it is over, not once more that all are silent.
  expect(fake.signals.slice(0, 2).map(({ text }) => text)).toEqual(['3 台', '此地址下的设备已恢复联系'])
})

it('one silent box of an address that still speaks is its own trouble', async () => {
  const { clock, start, told } = setup()
  const room = start()
  await live(room, clock, 2, { A: '10.0.0.1', B: '10.0.0.1' })
  await live(room, clock, 4, { A: '10.0.0.1' })
  expect(told()).toEqual(['dc09:B new offline'])
})

it('a box that moved to another address leaves no trouble at the old one', async () => {
  const { clock, start, told } = setup()
  const room = start()
  await live(room, clock, 2, { A: '10.0.0.1', B: '10.0.0.1' })
  await clock.advance(300_000)
  await live(room, clock, 2, { A: '10.0.0.7', B: '10.0.0.8' })
  expect(told()).toEqual(['dc09:gateway@10.0.0.1 new offline', 'dc09:gateway@10.0.0.1 restore offline'])
})

it('over a restart: who was supervised is missed, nobody is told twice, and the end is told', async () => {
  const { clock, start, told } = setup()
  const first = start()
  await live(first, clock, 2, { A: '10.0.0.1', B: '10.0.0.2' })
  await live(first, clock, 4, { B: '10.0.0.2' })
  first.stop()
  const second = start()
  await clock.advance(149_000)
  expect(told()).toEqual(['dc09:A new offline'])
  await clock.advance(20_000)
  expect(told()).toEqual(['dc09:A new offline', 'dc09:B new offline'])
  second.heard('A', from('10.0.0.1'), true)
  await clock.advance(1)
  expect(told().at(-1)).toBe('dc09:A restore offline')
})

it('a trouble that could not be stored is told later', async () => {
  const { clock, fake, start, told } = setup()
  const room = start()
  await live(room, clock, 1, { A: '10.0.0.1' })
  fake.failing = true
  await clock.advance(200_000)
  expect(told()).toEqual([])
  fake.failing = false
  await clock.advance(6_000)
  expect(told()).toEqual(['dc09:A new offline'])
})
