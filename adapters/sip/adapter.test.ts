/** The adapter over real sockets: alarm before sound, the prompt bit by bit, hostile datagrams, and a clean end. */
import { execFile, execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { FakeHostOptions } from '../../gateway/testing/fake-host.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { alawToUlaw } from '../kit/g711.ts'
import type { SipConfig } from './config.ts'
import { header, MAX_MESSAGE_BYTES } from './frame.ts'
import { parseRtp } from './rtp.ts'
import { createTelephone, openLine, type TelephoneOptions } from './simulator.ts'
import { rawTelephone, requestText, sdp, startAdapter } from './testing.ts'
import { soxKey, tonesIn } from './testing-tones.ts'

const PROMPT = readFileSync(join(import.meta.dirname, 'prompts', 'help-coming.zh.alaw'))
const MENU = readFileSync(join(import.meta.dirname, 'prompts', 'menu.zh.alaw'))
const RECEIVED = readFileSync(join(import.meta.dirname, 'prompts', 'received.zh.alaw'))
/** Each prompt is filled up to whole packets, and a breath of 100 ms comes after it. */
const ROUND = Buffer.concat([PROMPT, Buffer.alloc(((160 - (PROMPT.length % 160)) % 160) + 800, 0xd5), MENU])
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(settings: Partial<SipConfig> = {}, options: FakeHostOptions = {}) {
  const adapter = await startAdapter(settings, options)
  cleanups.push(adapter.stop)
  return adapter
}

async function startWithTelephone(
  telephone: Partial<TelephoneOptions> = {},
  settings: Partial<SipConfig> = {},
  options: FakeHostOptions = {}
) {
  const adapter = await start(settings, options)
  const phone = await createTelephone({ server: adapter.server, number: '6650147', asserted: true, ...telephone })
  cleanups.push(phone.close)
  return { ...adapter, phone }
}

describe('a press', () => {
  it('is a durable, verified alarm before the telephone hears a tone', async () => {
    const { fake, phone } = await startWithTelephone({ display: '王秀英' })
    let open = () => {}
    fake.gate = new Promise(resolve => {
      open = resolve
    })
    const pressed = phone.press({ hangUpAfterMs: 50 })
    let settled = false
    void pressed.then(() => {
      settled = true
    })
    await until('the alarm is on its way', () => fake.sightings[0])
    expect(settled).toBe(false)
    const openedAtMs = Date.now()
    open()
    const { status, callId, ringingAtMs = 0, answeredAtMs = 0, ended } = await pressed
    expect(status).toBe(200)
    expect(ringingAtMs).toBeGreaterThanOrEqual(openedAtMs)
    expect(answeredAtMs).toBeGreaterThanOrEqual(ringingAtMs)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', eventId: callId, verified: true, text: '王秀英' }])
    expect((await ended).endedBy).toBe('us')
  })

  it('hears the prompt exactly as it lies on disk, then the menu, then silence, and is hung up at the limit', async () => {
    const { phone } = await startWithTelephone({}, { callLimitMs: 18_000, promptPauseMs: 60_000 })
    const { ended } = await phone.press({ hangUpAfterMs: 30_000 })
    const { audio, packets, endedBy } = await ended
    expect(endedBy).toBe('gateway')
    expect(audio.subarray(0, ROUND.length).equals(ROUND)).toBe(true)
    expect(audio.subarray(ROUND.length).every(byte => byte === 0xd5)).toBe(true)
    // 18 s of 20 ms steps, of which the thread loses some when the machine is busy; 14 s are spoken.
    expect(packets * 160).toBeGreaterThan(ROUND.length + 1_600)
    expect(packets).toBeLessThanOrEqual(901)
  })

  it.each(['missing', 'wav'])(
    'whose prompt cannot be spoken is answered all the same, in the shipped words (%s)',
    async kind => {
      const own = join(tempDir('own-prompt'), 'own.alaw')
      if (kind === 'wav') writeFileSync(own, `RIFF${'x'.repeat(2_000)}`)
      const { phone } = await startWithTelephone({}, { callLimitMs: 4_000, prompt: own })
      const { ended } = await phone.press()
      const { audio } = await ended
      expect(audio.length).toBeGreaterThan(20_000)
      expect(audio.equals(PROMPT.subarray(0, audio.length))).toBe(true)
    }
  )

  it('after 9 for duress hears the very same bytes as without it', async () => {
    const { fake, phone } = await startWithTelephone({}, { callLimitMs: 4_000 })
    const { ended } = await phone.press({ digits: '9' })
    const { audio } = await ended
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'duress'])
    expect(audio.length).toBeGreaterThan(20_000)
    expect(audio.equals(PROMPT.subarray(0, audio.length))).toBe(true)
  })

  it('after 2 hears that it was received, then the prompt from its beginning', async () => {
    const { fake, phone } = await startWithTelephone({}, { callLimitMs: 6_000 })
    const { ended } = await phone.press({ digits: '2' })
    const { audio } = await ended
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'medical'])
    const received = audio.indexOf(RECEIVED)
    expect(received).toBeGreaterThan(0)
    expect(audio.indexOf(PROMPT.subarray(0, 8_000), received)).toBeGreaterThan(received)
  })

  it('of a dialler: handshake, Contact ID in tones of sox, kiss-off after what is right and only after that', async () => {
    const { fake, phone } = await startWithTelephone()
    const keys = (digits: string) => [...digits].map(digit => soxKey(digit, 0.05))
    const silence = (s: number) => `|sox -R -n -r 8000 -c 1 -p trim 0 ${s}`
    const wrongThenRight = [...keys('1234181131010157'), silence(2.5), ...keys('1234181131010158')]
    const parts = [silence(1.8), ...wrongThenRight, silence(2.5), ...keys('1234183131010156'), silence(2)]
    const says = execFileSync('sox', ['-R', ...parts, '-t', 'al', '-r', '8000', '-c', '1', '-'])
    const { ended } = await phone.press({ dial: '*124', says, hangUpAfterMs: 16_000 })
    const { audio } = await ended
    expect(fake.signals.map(s => `${s.condition} ${s.alarmClass} ${s.qualifier}`)).toEqual([
      'heartbeat unmapped status',
      'alarm intrusion new',
      'alarm intrusion restore'
    ])
    expect(fake.rejections.map(r => r.reason)).toEqual(['contactIdSum'])
    const tones = tonesIn(audio)
    expect(tones.map(tone => tone.hz)).toEqual([1400, 2300, 1400, 1400])
    for (const { ms } of tones.slice(0, 2)) expect(Math.abs(ms - 100)).toBeLessThanOrEqual(20)
    for (const { ms } of tones.slice(2)) expect(ms >= 750 && ms <= 1_000).toBe(true)
    // The right message ends after 7.45 s of the call; a dialler waits 1.25 s for its kiss-off (DC-05).
    // A busy machine plays some steps less and hears the keys a little later.
    expect(tones[2]?.atMs).toBeGreaterThan(6_000)
    expect(tones[2]?.atMs).toBeLessThan(10_000)
  })

  it('of a telephone with a log-in is proven by digest', async () => {
    const login = { username: '6650147', password: 'secret' }
    const settings = { trunks: [] }
    const { phone, fake } = await startWithTelephone({ login, asserted: false }, settings, {
      credentials: { '6650147': 'secret' }
    })
    expect((await phone.press({ hangUpAfterMs: 20 })).status).toBe(200)
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: true }])
  })

  it('of a stranger is an alarm without an answer', async () => {
    const { phone, fake } = await startWithTelephone({}, { trunks: [] })
    const { status, ringingAtMs } = await phone.press()
    expect([status, ringingAtMs]).toEqual([401, undefined])
    expect(fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: false }])
  })

  it('that gives up while it rings stays an alarm', async () => {
    const { phone, fake } = await startWithTelephone({}, { ringMs: 60_000 })
    expect((await phone.press({ cancelAfterMs: 10 })).status).toBe(487)
    expect(fake.signals).toHaveLength(1)
  })

  it('is told 503 when the journal cannot store', async () => {
    const { phone } = await startWithTelephone({}, {}, { fail: true })
    expect(await phone.press()).toMatchObject({ status: 503, ringingAtMs: undefined })
  })

  it('of forty households on one line at once is forty alarms and forty answers', async () => {
    const { server, fake } = await start()
    const line = await openLine({ server })
    cleanups.push(line.close)
    const numbers = Array.from({ length: 40 }, (_, i) => String(6650100 + i))
    const results = await Promise.all(
      numbers.map(number => line.telephone({ number, asserted: true }).press({ hangUpAfterPackets: 5 }))
    )
    expect(results.map(r => r.status)).toEqual(numbers.map(() => 200))
    expect(fake.signals.map(s => s.sourceId).sort()).toEqual(numbers.map(n => `sip:${n}`))
    const reports = await Promise.all(results.map(r => r.ended))
    for (const { audio } of reports) expect(audio.subarray(0, 800).equals(PROMPT.subarray(0, 800))).toBe(true)
  })
})

describe('from INVITE to ringing tone', () => {
  it('each of two hundred calls in a row has its alarm durable on the way', async () => {
    const { server, fake } = await start({ ringMs: 60_000 })
    const phone = await rawTelephone(server)
    cleanups.push(phone.close)
    for (let i = 0; i < 200; i++) {
      const callId = `call-${i}`
      phone.send(requestText(phone.port, { callId, branch: `z9hG4bK${i}` }))
      await phone.response(180, callId)
      expect(fake.signals).toHaveLength(i + 1)
    }
  })
})

describe('voice', () => {
  /** A socket that hears RTP, and a call from a telephone that is all ours. */
  async function listener() {
    const socket = createSocket('udp4')
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
    const packets: Buffer[] = []
    socket.on('message', packet => packets.push(packet))
    cleanups.push(() => new Promise<void>(resolve => socket.close(() => resolve())))
    return { socket, port: socket.address().port, packets }
  }

  async function call(body: string) {
    const adapter = await start()
    const phone = await rawTelephone(adapter.server)
    cleanups.push(phone.close)
    phone.send(requestText(phone.port, { body }))
    const answer = await phone.response(200)
    const acknowledge = () =>
      phone.send(requestText(phone.port, { method: 'ACK', to: header(answer, 'to'), branch: 'z9hG4bKack' }))
    return { ...adapter, phone, answer, acknowledge }
  }

  it('comes in µ-law to who asked for it, in steps of 20 ms of one stream', async () => {
    const { port, packets } = await listener()
    const { acknowledge } = await call(sdp(port, '0 101'))
    acknowledge()
    await until('half a second of sound', () => packets.length >= 25)
    const rtp = packets.slice(0, 25).flatMap(packet => parseRtp(packet) ?? [])
    const [first] = rtp
    if (!first) throw new Error('no RTP')
    expect(rtp.map(p => (p.sequence - first.sequence) & 0xffff)).toEqual(rtp.map((_, i) => i))
    expect(rtp.map(p => (p.timestamp - first.timestamp) >>> 0)).toEqual(rtp.map((_, i) => 160 * i))
    expect(new Set(rtp.map(p => `${p.ssrc} ${p.payloadType}`)).size).toBe(1)
    expect([first.payloadType, first.marker]).toEqual([0, true])
    const heard = Buffer.concat(rtp.map(p => p.payload))
    expect(heard.equals(Buffer.from(alawToUlaw(PROMPT.subarray(0, heard.length))))).toBe(true)
  })

  it('is not sent before the answer is acknowledged', async () => {
    const { port, packets } = await listener()
    const { acknowledge } = await call(sdp(port))
    expect(packets).toHaveLength(0)
    acknowledge()
    await until('sound', () => packets.length > 0)
  })

  it('goes to the host that called, also when its SDP names another, and says so', async () => {
    const { port, packets } = await listener()
    const { acknowledge, fake } = await call(sdp(port, '8', '203.0.113.7'))
    acknowledge()
    await until('sound', () => packets.length > 0)
    expect(fake.rejections).toMatchObject([{ reason: 'voiceElsewhere', detail: `203.0.113.7:${port}` }])
  })

  it('and every answer reach IPv4 too where we listen on every address of IPv6; keys are heard', async () => {
    const { server, fake } = await start({ address: '::' })
    const phone = await createTelephone({ server: { ...server, address: '127.0.0.1' }, number: '661', asserted: true })
    cleanups.push(() => phone.close())
    const call = await phone.press({ hangUpAfterMs: 2_500, digits: '2' })
    expect((await call.ended).packets).toBeGreaterThan(0)
    expect(fake.signals.map(s => s.alarmClass)).toEqual(['panic', 'medical'])
  })

  it('follows the port that the caller really sends from', async () => {
    const { port } = await listener()
    const real = await listener()
    const { acknowledge, answer } = await call(sdp(port))
    acknowledge()
    const serverPort = Number(/m=audio (\d+)/.exec(answer.body.toString())?.[1])
    const packet = Buffer.alloc(172)
    packet.writeUInt16BE(0x8008, 0)
    real.socket.send(packet, serverPort, '127.0.0.1')
    await until('sound at the other port', () => real.packets.length > 0)
  })
})

describe('hostile datagrams', () => {
  it('are counted by reason and harm nobody', async () => {
    const { fake, server } = await start()
    const phone = await rawTelephone(server)
    cleanups.push(phone.close)
    phone.send('GET / HTTP/1.1\r\n\r\n')
    phone.send(Buffer.alloc(MAX_MESSAGE_BYTES + 1, 'x'))
    phone.send('\r\n\r\n')
    phone.send(requestText(phone.port, { callId: 'damaged' }).replace(/^From:.*\r\n/m, ''))
    phone.send(requestText(phone.port, { callId: 'good', branch: 'z9hG4bKgood' }))
    await phone.response(400, 'damaged')
    await phone.response(180, 'good')
    expect(fake.rejections.map(r => r.reason).sort()).toEqual(['notSip', 'refused400', 'tooLarge'])
  })

  it('of a stranger beyond his rate are dropped before parsing; the exchange is not touched', async () => {
    const budgets = {
      unknownDatagramsPerS: 5,
      trunkDatagramsPerS: 1_000,
      unknownPressesPerMinute: 6,
      allUnknownPressesPerMinute: 300
    }
    const { fake, server } = await start({ budgets, trunks: [] })
    const phone = await rawTelephone(server)
    cleanups.push(phone.close)
    for (let i = 0; i < 50; i++) phone.send('noise')
    // What the socket's thread drops is told by one call with its number.
    const counted = (reason?: string) =>
      fake.rejections
        .filter(each => reason === undefined || each.reason === reason)
        .reduce((sum, { count = 1 }) => sum + count, 0)
    await until('the flood has been seen', () => counted() >= 50)
    expect(counted('notSip')).toBeLessThan(15)
    expect(counted('tooFast')).toBeGreaterThan(35)
  })

  it('OPTIONS is answered and shows that the exchange lives', async () => {
    const { fake, server } = await start()
    const phone = await rawTelephone(server)
    cleanups.push(phone.close)
    phone.send(requestText(phone.port, { method: 'OPTIONS', uri: 'sip:gateway' }))
    expect(header(await phone.response(200), 'allow')).toBe(
      'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, REGISTER, UPDATE, PRACK'
    )
    expect(fake.sightings).toMatchObject([{ deviceId: 'sip:trunk/exchange', state: 'seen' }])
  })
})

describe('the end', () => {
  it('hangs up, and a process that ran it ends by itself: no handle is left', async () => {
    const script = `
      const { startAdapter } = await import(${JSON.stringify(new URL('./testing.ts', import.meta.url).href)})
      const { createTelephone } = await import(${JSON.stringify(new URL('./simulator.ts', import.meta.url).href)})
      const { server, stop } = await startAdapter({ ringMs: 0 })
      const phone = await createTelephone({ server, number: '6650147', asserted: true })
      const { ended } = await phone.press({ hangUpAfterMs: 60_000 })
      await stop()
      console.log((await ended).endedBy)
      await phone.close()`
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 60_000 })
    expect((await run).stdout).toBe('gateway\n')
  })

  it('a taken port is said with its setting', async () => {
    const { server } = await start({ tcp: false })
    const second = startAdapter({ port: server.port })
    await expect(second).rejects.toMatchObject({ code: 'PORT_TAKEN', detail: { setting: 'adapters.sip.port' } })
    await expect(second).rejects.toBeInstanceOf(GatewayError)
  })
})
