/** Arming by telephone: the right number, wrong ones bounded, and the number of duress, which sounds like the right one. */
import { describe, expect, it } from 'vitest'
import { header } from './frame.ts'
import { createBench, requestText } from './testing.ts'

const PORT = 5062
const URI = 'sip:*125@127.0.0.1'
const credentials = { 'pin/6650147': '4711', 'duress/6650147': '4712' }

type Bench = ReturnType<typeof createBench>

async function dial(bench: Bench, callId = 'call-1') {
  const branch = (name: string) => `z9hG4bK${name}${callId}`
  await bench.receive(requestText(PORT, { uri: URI, callId, branch: branch('inv') }))
  await bench.clock.advance(20)
  const ok = bench.last(200)
  const to = (ok && header(ok, 'to')) ?? ''
  await bench.receive(requestText(PORT, { uri: URI, callId, method: 'ACK', to, branch: branch('ack') }))
  const type = async (keys: string) => {
    for (const digit of keys) {
      bench.heard.at(-1)?.digit({ digit, way: 'event' })
      await bench.clock.advance(500)
    }
  }
  return { type }
}

const start = () => createBench({}, { credentials })
const said = (bench: Bench) =>
  bench.voice.filter(v => v.startsWith('say')).map(v => v.replace(/^say arming-|\.zh$/g, ''))
const alarms = ({ fake }: Bench) => fake.signals.filter(s => s.condition !== 'heartbeat')

describe('arming by telephone', () => {
  it('asks for the number, says the state, changes it on 1 and 0, and raises nothing', async () => {
    const bench = start()
    const { type } = await dial(bench)
    await type('4711#1')
    expect(said(bench)).toEqual(['ask', 'disarmed', 'armed'])
    expect(bench.fake.sightings.at(-1)).toMatchObject({ deviceId: 'sip:6650147', arm: { '-': 'armed' } })
    await type('0')
    expect(said(bench).at(-1)).toBe('disarmed')
    expect(alarms(bench)).toEqual([])
    expect(bench.fake.signals.map(s => `${s.text}/${s.textEn}`)).toEqual([
      '电话布撤防/Arming by telephone',
      '电话布防/Armed by telephone',
      '电话撤防/Disarmed by telephone'
    ])
  })

  it('remembers the state over calls and restarts, and shows it at the start', async () => {
    const bench = start()
    await (await dial(bench)).type('4711#1')
    await (await dial(bench, 'two')).type('4711#')
    expect(said(bench).slice(-2)).toEqual(['ask', 'armed'])

    const next = createBench({}, { credentials })
    for (const [key, value] of bench.fake.remembered) next.fake.remembered.set(key, value)
    next.uas.start()
    expect(next.fake.sightings).toMatchObject([{ deviceId: 'sip:6650147', arm: { '-': 'armed' } }])
  })

  it('is confirmed only when it is stored', async () => {
    const bench = start()
    const { type } = await dial(bench)
    await type('4711#')
    bench.fake.failing = true
    await type('1')
    expect(said(bench)).toEqual(['ask', 'disarmed'])
    bench.fake.failing = false
    await type('1')
    expect(said(bench)).toEqual(['ask', 'disarmed', 'armed'])
  })

  it('a mistyped number is begun anew with the star', async () => {
    const bench = start()
    await (await dial(bench)).type('47*4711#')
    expect(said(bench)).toEqual(['ask', 'disarmed'])
  })

  it('no number set, or one that is no number: nothing opens', async () => {
    for (const secrets of [{}, { 'pin/6650147': '' }, { 'pin/6650147': '12' }] as Record<string, string>[]) {
      const bench = createBench({}, { credentials: secrets })
      await (await dial(bench)).type('#12#')
      expect(said(bench)).toEqual(['ask', 'wrong', 'wrong'])
    }
  })
})

describe('wrong numbers', () => {
  it('five in whatever calls, then even the right one is refused and the floor knows; three minutes later one more', async () => {
    const bench = start()
    await (await dial(bench)).type('1111#2222#')
    await (await dial(bench, 'two')).type('3333#4444#5555#4711#')
    expect(said(bench)).toEqual(['ask', 'wrong', 'wrong', 'ask', 'wrong', 'wrong', 'locked'])
    expect(alarms(bench)).toMatchObject([{ condition: 'tamper', sourceId: 'sip:6650147' }])
    await (await dial(bench, 'three')).type('4711#')
    expect(said(bench).slice(-2)).toEqual(['ask', 'locked'])
    await bench.clock.advance(180_000)
    await (await dial(bench, 'four')).type('4711#')
    expect(said(bench).slice(-2)).toEqual(['ask', 'disarmed'])
    expect(bench.fake.rejections.filter(r => r.reason === 'wrongPin').length).toBeGreaterThanOrEqual(5)
  })
})

describe('the number of duress', () => {
  it('is answered as soon as the right one, however long the journal takes', async () => {
    const bench = start()
    const { type } = await dial(bench)
    let open = () => {}
    bench.fake.gate = new Promise(resolve => {
      open = resolve
    })
    await type('4712#')
    expect(said(bench)).toEqual(['ask', 'disarmed'])
    open()
    await bench.clock.advance(0)
    expect(alarms(bench)).toMatchObject([{ alarmClass: 'duress', sourceId: 'sip:6650147' }])
  })

  it('is a silent alarm and sounds, sends and does exactly what the right one does', async () => {
    const runs = []
    for (const pin of ['4711', '4712']) {
      const bench = start()
      await (await dial(bench)).type(`${pin}#1`)
      const sent = bench.sent.map(({ message: m }) => (m.kind === 'response' ? m.status : m.method))
      runs.push({ voice: bench.voice, sent, arm: bench.fake.sightings.at(-1)?.arm, alarms: alarms(bench) })
    }
    const [right, forced] = runs
    expect(forced).toMatchObject({ voice: right?.voice, sent: right?.sent, arm: { '-': 'armed' } })
    expect(right?.alarms).toEqual([])
    expect(forced?.alarms).toMatchObject([{ sourceId: 'sip:6650147', alarmClass: 'duress', qualifier: 'new' }])
  })

  it('is stored later when the journal fails, and the caller hears no difference', async () => {
    const bench = start()
    const { type } = await dial(bench)
    bench.fake.failing = true
    await type('4712#')
    expect(said(bench)).toEqual(['ask', 'disarmed'])
    bench.fake.failing = false
    await bench.clock.advance(2_000)
    expect(alarms(bench)).toMatchObject([{ alarmClass: 'duress' }])
  })

  it('is heard also when too many wrong ones have locked the line', async () => {
    const bench = start()
    await (await dial(bench)).type('1111#2222#3333#4444#5555#')
    await (await dial(bench, 'two')).type('4712#')
    expect(alarms(bench).map(s => s.alarmClass)).toEqual(['tamper', 'duress', 'tamper'])
    expect(said(bench).slice(-2)).toEqual(['ask', 'locked'])
  })
})

it('a call that arms is not recorded: its keys are a secret', async () => {
  const bench = start()
  await dial(bench)
  expect(bench.parties.at(-1)?.press).toBeUndefined()
})
