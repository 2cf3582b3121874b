/** Diallers: Contact ID in tones, kissed off only after the journal; what could not be read is an alarm too. */
import { describe, expect, it } from 'vitest'
import { readMessage } from './contact-id-digits.ts'
import { header } from './frame.ts'
import { createBench, requestText } from './testing.ts'

const PORT = 5062
const HANDSHAKE = 'say contact-id-handshake'
const KISS_OFF = 'say contact-id-kiss-off'
/** The example of SIA DC-05: perimeter… burglary new, partition 1, zone 15, of account 1234. */
const BURGLARY = '1234181131010158'

/** Tones of the hex digits B to F. */
const keysOf = (digits: string) => [...digits].map(d => ({ B: '*', C: '#', D: 'A', E: 'B', F: 'C' })[d] ?? d)

/** With the check digit that makes the sum a multiple of 15. */
function message(body: string): string {
  const sum = [...body].reduce((total, d) => total + (d === '0' ? 10 : Number.parseInt(d, 16)), 0)
  const check = 15 - (sum % 15)
  // Ten is written 0.
  return `${body}${check === 10 ? '0' : check.toString(16).toUpperCase()}`
}

async function dialler(uri = 'sip:*124@127.0.0.1', kinds: Readonly<Record<string, 'detector'>> = {}) {
  const bench = createBench()
  bench.fake.host.kindOf = source => kinds[source]
  await bench.receive(requestText(PORT, { uri }))
  await bench.clock.advance(20)
  const ok = bench.last(200)
  const to = (ok && header(ok, 'to')) ?? ''
  await bench.receive(requestText(PORT, { uri, method: 'ACK', to, branch: 'z9hG4bKack' }))
  const send = async (digits: string) => {
    for (const digit of keysOf(digits)) {
      bench.heard.at(-1)?.digit({ digit, way: 'tone' })
      await bench.clock.advance(100)
    }
    await bench.clock.advance(2_000)
  }
  const hangUp = async () => {
    await bench.receive(requestText(PORT, { uri, method: 'BYE', to, cseq: 2, branch: 'z9hG4bKbye' }))
    await bench.clock.advance(0)
  }
  const alarms = () => bench.fake.signals.slice(1)
  return { ...bench, send, hangUp, alarms, said: () => bench.voice.filter(v => v.startsWith('say')) }
}

describe('messages', () => {
  it.each([
    [BURGLARY, { account: '1234', q: '1', event: '131', group: '01', number: '015' }],
    [message('987698362400000'), { account: '9876', q: '3', event: '624' }],
    [message('B0F318112000000'), { account: 'B0F3', q: '1', event: '120' }]
  ])('%s is read', (digits, report) => {
    expect(readMessage(digits)).toMatchObject({ ok: true, report: { ...report, digits } })
  })

  it('with any one digit changed is not read', () => {
    for (let at = 0; at < BURGLARY.length; at++)
      for (const digit of '0123456789BCDEF') {
        const changed = BURGLARY.slice(0, at) + digit + BURGLARY.slice(at + 1)
        if (digit !== BURGLARY[at]) expect(readMessage(changed).ok).toBe(false)
      }
  })

  it('of another format is not Contact ID', () => {
    expect(readMessage(message('123417113101015'))).toEqual({ ok: false, reason: 'type' })
  })
})

describe('a dialler', () => {
  it('hears the handshake, reports, is kissed off; the call itself rings nobody', async () => {
    const { send, fake, said, hangUp, clock } = await dialler()
    expect(fake.signals).toMatchObject([{ condition: 'heartbeat', qualifier: 'status', sourceKind: 'detector' }])
    await send(BURGLARY)
    expect(fake.signals[1]).toMatchObject({
      ...{ sourceId: 'sip:6650147', alarmClass: 'intrusion', condition: 'alarm', qualifier: 'new', zone: '015' },
      text: '周界盗警 · CID 1131 · 防区 015 · 分区 01 · 账号 1234',
      textEn: 'Perimeter burglary · CID 1131 · zone 015 · partition 01 · account 1234'
    })
    expect(said()).toEqual([HANDSHAKE, 'say ', KISS_OFF])
    await hangUp()
    await clock.advance(60_000)
    expect(fake.signals).toHaveLength(2)
  })

  it('sends several reports in one call: alarm, restore, arming, test', async () => {
    const { send, alarms, said, fake } = await dialler()
    const bodies = ['123418113101015', '123418313101015', '123418340101002', '123418160200000']
    for (const body of bodies) await send(message(body))
    expect(alarms().map(s => `${s.condition} ${s.qualifier}`)).toEqual([
      'alarm new',
      'alarm restore',
      'heartbeat status',
      'test new'
    ])
    expect(fake.sightings.at(-1)).toMatchObject({ deviceId: 'sip:6650147', arm: { '01': 'armed' } })
    expect(said().filter(v => v === KISS_OFF)).toHaveLength(4)
  })

  it('a message repeated for want of a kiss-off is one signal, kissed off again', async () => {
    const { send, alarms, said } = await dialler()
    await send(BURGLARY)
    await send(BURGLARY)
    expect(alarms()).toHaveLength(1)
    expect(said().filter(v => v === KISS_OFF)).toHaveLength(2)
  })

  it('hears no kiss-off after a wrong sum nor before the journal has it; then sends again', async () => {
    const { send, alarms, said, fake } = await dialler()
    await send(BURGLARY.replace(/.$/, '7'))
    expect(fake.rejections.map(r => r.reason)).toEqual(['contactIdSum'])
    fake.failing = true
    await send(BURGLARY)
    expect(said()).not.toContain(KISS_OFF)
    fake.failing = false
    await send(BURGLARY)
    expect(alarms().map(s => s.alarmClass)).toEqual(['intrusion'])
    expect(said().at(-1)).toBe(KISS_OFF)
  })

  it('duress 121 is an alarm of duress; an unknown code is an unmapped one', async () => {
    const { send, alarms } = await dialler()
    await send(message('123418112101000'))
    await send(message('123418199901000'))
    expect(alarms().map(s => s.alarmClass)).toEqual(['duress', 'unmapped'])
  })

  it('that says nothing readable is an alarm: at the end of the call, or after half a minute', async () => {
    for (const during of ['end', 'wait']) {
      const { send, alarms, hangUp, clock } = await dialler()
      await send('12345')
      if (during === 'end') await hangUp()
      else await clock.advance(30_000)
      expect(alarms()).toMatchObject([{ alarmClass: 'unmapped', condition: 'alarm', eventId: 'call-1+unread' }])
      await hangUp()
      await clock.advance(60_000)
      expect(alarms()).toHaveLength(1)
    }
  })

  it('a last message that stayed unreadable is an alarm beside those that were read', async () => {
    const { send, alarms, hangUp } = await dialler()
    await send(BURGLARY)
    await send(BURGLARY.replace(/.$/, '7'))
    await hangUp()
    expect(alarms().map(s => s.alarmClass)).toEqual(['intrusion', 'unmapped'])
  })

  it('registered as one and calling an emergency number is a press, and has the handshake in place of the prompt', async () => {
    const { fake, said, send } = await dialler('sip:#9@127.0.0.1', { 'sip:6650147': 'detector' })
    expect(fake.signals).toMatchObject([{ alarmClass: 'panic', condition: 'alarm' }])
    await send(BURGLARY)
    expect(fake.signals).toHaveLength(2)
    expect(said()).toEqual([HANDSHAKE, 'say ', KISS_OFF])
  })

  it('nobody vouches for is an unmapped alarm: it will not be answered', async () => {
    const { receive, fake, spoken } = createBench({ trunks: [] })
    await receive(requestText(PORT, { uri: 'sip:*124@127.0.0.1' }), '192.0.2.66')
    expect(spoken()).toEqual([401])
    expect(fake.signals).toMatchObject([{ alarmClass: 'unmapped', condition: 'alarm', verified: false }])
  })
})
